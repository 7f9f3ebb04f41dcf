"""The enterprise WeChat bot: the same answers, with their citations, in WeCom's own forms."""
