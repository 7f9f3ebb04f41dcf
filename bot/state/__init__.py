"""What must outlive a restart: conversations, questions, feedback, accounts. The only door to SQLAlchemy."""
