"""Page chrome: the lines of a web page round a document that are not the document.

Only whole lines near the edges go, and only when the line as a whole is known chrome. A line that also
carries a date, a source or a number of the document is metadata and stays; in doubt a line stays.
"""

import re

HEAD_LINES = 40  # how far from the top chrome is looked for
TAIL_LINES = 40  # how far from the end
HEADLINE_LENGTH = 60  # a link title in a list of links is shorter than this

# Toolbar and menu words: a line made of nothing else is chrome.
TOOLS = frozenset(
    """
    网站首页 返回首页 返回顶部 回到顶部 设为首页 收藏本站 加入收藏 收藏本页 站内搜索 高级搜索 网站地图
    无障碍 无障碍浏览 无障碍阅读 长者模式 长者版 适老化 关怀版 简体版 繁体版 手机版 移动版 新浪微博
    腾讯微博 QQ空间 朋友圈 智能问答 智能问答机器人 智能客服 在线客服 关闭窗口 关闭本页 打印本页 打印本文
    我要打印 我要纠错 复制链接 语音播报 分享到 扫一扫 相关词条 热门词条 相关阅读 推荐阅读 延伸阅读
    热门推荐 猜你喜欢 友情链接 相关搜索 相关搜寻 词条图册 更多图册 词条统计
    联系我们 关于我们 网站声明 免责声明 隐私声明 使用帮助 基本介绍 查看更多
    点击查看更多
    """.split()
)

# Buttons: chrome beside other chrome or at the very edge; elsewhere they may be a table's cell.
BUTTONS = frozenset(
    """
    首页 返回 顶部 分享 收藏 登录 注册 退出 搜索 关闭 打印 纠错 朗读 上一篇 下一篇 没有了 展开 收起 更多
    参考资料
    """.split()
)

# Words that are headings or cells as well: chrome only on one line with a tool.
MENU = frozenset(
    """
    简体 繁体 English 微信 微博 客户端 大 中 小 字号 字体 默认 超大 A- A+ 新闻中心 政务公开 政府信息公开
    信息公开 政务服务 办事服务 互动交流 政民互动 专题专栏 解读回应 数据开放
    """.split()
)

# Headings of link lists: what follows them to the end of the page is links.
LINK_LISTS = frozenset(
    """
    相关词条 热门词条 相关阅读 推荐阅读 延伸阅读 热门推荐 猜你喜欢 友情链接 相关链接 相关稿件 相关新闻
    相关文章 相关文档 相关解读
    """.split()
)

CHROME = re.compile(
    r"""
      (?:您|你|现在|目前|当前)+(?:所在|的)*位置\s*[:：]?.*            # breadcrumb
    | (?:所在|的)*位置\s*[:：]\s*(?:网站)?首页.*
    | (?:网站)?首页\s*(?:[>＞»›/]+\s*[^>＞»›/。,，;；]{1,30}\s*)+        # breadcrumb without its label
    | (?:您|你)还可以输入\s*\d+\s*个?字?
    | 分享(?:到|至)?\s*[:：].{0,60}
    | (?:[【\[]\s*(?:我要)?(?:打印|关闭|收藏|纠错|返回|推荐)
        (?:[本此]页|[本此]文|网?页面?|窗口|顶部|朋友)?\s*[】\]]\s*)+
    | [【\[]?\s*(?:字号|字体)(?:大小)?\s*[:：]?[\s\[\]【】|]*(?:[大中小特超默认]+[\s\[\]【】|]*)+
    | (?:用)?(?:手机|微信)?扫一扫.{0,30}
    | (?:用)?(?:手机|微信)?扫(?:码|描二维码)(?:关注|分享|查看|阅读|打开|下载|浏览).{0,20}
    | (?:浏览|阅读|点击|访问)(?:次数|量|数|率)?\s*(?:[:：]\s*\[?\d*\]?|\[?\d+\]?)\s*(?:次|人次)?
    | (?:上|下)一(?:篇|条)\s*[:：].*
    | (?:copyright|©).*
    | 版权所有.*
    | [^。;；]*ICP备\s*\d+.*
    | [^。;；]*公网安备\s*\d+.*
    | 网站标识码.*
    | (?:网站)?技术支持\s*[:：].*
    | [^。;；]*(?:不良信息|不良和违法信息|违法和不良信息).{0,6}举报[^。;；]*[:：][^。;；]*
    | .*\[引用日期.{0,20}\]                                          # an encyclopaedia's source
    | 您是第\s*\d*\s*位(?:访问|浏览|阅读)?(?:者|用户|访客)?.{0,4}
    | produced\s+by\s.*
    | (?:网站|网页)(?:主办|承办|管理|维护)(?:单位|方)?\s*[:：].*
    | [(（【]?\s*(?:责任)?编辑\s*[:：]\s*\S{1,12}\s*[)）】]?
    | (?:中文名|外文名|外文名称|词条分类|词条标签)(?:称)?\s*[:：].*  # encyclopaedia info box
    """,
    re.VERBOSE | re.IGNORECASE,
)

# Chrome beside other chrome only: a notice may name who holds an event in such a line.
BESIDE = re.compile(
    r"(?:主办|承办|协办|维护|运维|管理|版权)(?:单位|方)?\s*[:：][^。;；]{2,80}"
    r"|(?:建议)?使用[^。;；]{0,40}(?:分辨率|浏览器)[^。;；]{0,30}"
)
# Chrome between chrome only: a document may end with whom to call.
BETWEEN = re.compile(r"(?:联系)?(?:地址|电话|邮编)\s*[:：][^。;；]{2,60}")

BODY_START = re.compile(
    r"[一二三四五六七八九十]+\s*、|第[一二三四五六七八九十百0-9]+[章条]|[(（]一[)）]|1\s*[.、．]"
)
LINE_MARKS = " \t\u3000•·●■◆▪*-"


def split_chrome(lines: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines to keep and the chrome lines left out."""
    kept, chrome = lines, tuple[str, ...]()
    while found := _chrome_numbers(kept):
        # Behind the chrome that goes there may be more, now at the edge.
        chrome += tuple(kept[number] for number in sorted(found))
        kept = tuple(line for number, line in enumerate(kept) if number not in found)
    return kept, chrome


def _chrome_numbers(lines: tuple[str, ...]) -> set[int]:
    first_body = next((number for number, line in enumerate(lines) if BODY_START.match(line)), None)
    head = range(min(len(lines) if first_body is None else first_body, HEAD_LINES))
    tail = range(max(first_body or 0, len(lines) - TAIL_LINES), len(lines))
    chrome = {number for number in (*head, *tail) if is_chrome(lines[number])} | set(_links(lines, tail))
    # The buttons next to chrome, and theirs in turn.
    for order in (head, reversed(head), tail, reversed(tail)):
        for number in order:
            beside = {number - 1, number + 1}
            button = _is_button(lines[number]) and beside & {-1, len(lines), *chrome}
            between = beside <= chrome and BETWEEN.fullmatch(lines[number].strip(LINE_MARKS))
            if button or between or (beside & chrome and _is_beside(lines[number], in_head=number in head)):
                chrome.add(number)
    return chrome


def is_chrome(line: str) -> bool:
    """Tell whether a whole line is known chrome wherever it stands."""
    if CHROME.fullmatch(line.strip(LINE_MARKS)):
        return True
    words = _words(line)
    known = TOOLS | BUTTONS | MENU
    return any(word in TOOLS for word in words) and all(word in known for word in words)


def _is_button(line: str) -> bool:
    words = _words(line)
    return bool(words) and all(word in BUTTONS for word in words)


def _is_beside(line: str, *, in_head: bool) -> bool:
    words = _words(line)
    menu = in_head and bool(words) and all(word in MENU | TOOLS | BUTTONS for word in words)
    return menu or (not in_head and bool(BESIDE.fullmatch(line.strip(LINE_MARKS))))


def _words(line: str) -> list[str]:
    return [word for word in re.split(r"[\s|｜丨/>＞»·•:：\[\]【】]+", line) if word]


def _links(lines: tuple[str, ...], tail: range) -> range:
    # A link list must run to the end of the page in short lines without a full stop; otherwise the
    # heading was one of the document's own.
    for number in tail:
        if lines[number].strip(LINE_MARKS + ":：") in LINK_LISTS:
            rest = lines[number + 1 :]
            if all(
                len(line) < HEADLINE_LENGTH and not re.search("[。;；\t]|^\\d+分?$", line) for line in rest
            ):
                return range(number, len(lines))
    return range(0)
