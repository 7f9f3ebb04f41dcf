# 常用命令：make run（运行） make test（测试） make check（检查） make help（全部）
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

PYTHON ?= python3
DOCUMENTS ?= $(or $(YOUJU_DOCUMENTS),samples)
QUESTIONS ?= eval/questions/samples.jsonl
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt

.PHONY: help run index test check fix bench bench-retrieval bench-scale bench-wecom browser pins clean

help: ## 显示这份说明
	@echo "用法：make 目标 [DOCUMENTS=资料文件夹] [PYTHON=python3.12]"
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 17

run: $(VENV)/installed ## 安装、建索引、打开网页（默认示例资料；DOCUMENTS=文件夹 换成自己的）
	@$(BIN)/python -m bot web --documents "$(DOCUMENTS)" || [ $$? -eq 130 ]

index: $(VENV)/installed ## 只安装和建索引
	@$(BIN)/python -m index build --documents "$(DOCUMENTS)"

test: check browser ## 安装测试工具，检查并运行全部测试
	$(BIN)/python -m pytest

check: $(VENV)/installed-test ## 检查代码风格和类型
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fix: $(VENV)/installed-test ## 自动改正代码风格
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/installed-test ## 测量建索引、启动、回答、许多人同时提问的时间和内存
	$(BIN)/python -m eval bench

bench-scale: $(VENV)/installed-test ## 量规模：一千到几十万个片段各要多少时间、内存、磁盘（要几十分钟）
	$(BIN)/python -m eval bench --scale

bench-retrieval: $(VENV)/installed-bench ## 与别的检索方法比一比（默认示例资料；DOCUMENTS=文件夹 QUESTIONS=题目文件）
	$(BIN)/python -m eval retrieval --documents "$(DOCUMENTS)" --questions $(QUESTIONS)

bench-wecom: $(VENV)/installed-test ## 模拟企业微信：每秒一百条消息，量确认和回答用时，有没有丢失、重复
	$(BIN)/python -m tests.wecom_emulator bench

browser: ## 安装网页测试用的浏览器和中文字体（已有则跳过）
	@scripts/install_browser

pins: $(VENV)/installed-test ## 按当前环境重写 constraints.txt
	{ sed -n '/^#/p' constraints.txt; $(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu$$//'; } > constraints.new
	mv constraints.new constraints.txt

clean: ## 删除环境、索引和缓存
	rm -rf $(VENV) .youju build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# The stamps are newer than what they depend on once everything is installed, so that a second run
# installs nothing and needs no network. torch comes first: asked for on its own, in its exact version,
# so that no other package can pull a larger build.
$(VENV)/installed: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) torch==2.13.0
	$(PIP) --editable .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(PIP) --editable '.[test]'
	@touch $@

$(VENV)/installed-bench: $(VENV)/installed-test
	$(PIP) --editable '.[bench]'
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "需要 Python 3.11 或更新的版本；请安装后重试，或指明：make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "建不了虚拟环境；Debian、Ubuntu 请先安装 python3-venv" >&2; exit 1; }
