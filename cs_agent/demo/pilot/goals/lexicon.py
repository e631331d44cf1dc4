"""The general Chinese and English words of mobile interfaces, grouped by what they mean.

Rule: only words that any app of any trade may use; nothing here names one particular app, page or person.
A concept is a meaning with many spellings; a family is a set of concepts that belong to one kind of errand.
"""

# ruff: noqa: E501  a pattern is read in one piece

from __future__ import annotations

import re
from enum import StrEnum


class Concept(StrEnum):
    SEARCH = "search"
    SUBMIT = "submit"
    CONFIRM = "confirm"
    DONE = "done"
    NEXT = "next"
    APPLY = "apply"
    REFUND = "refund"
    RETURN = "return"
    AFTERSALE = "aftersale"
    REASON = "reason"
    UPLOAD = "upload"
    VIDEO = "video"
    PICTURE = "picture"
    LOGISTICS = "logistics"
    STATUS = "status"
    DETAIL = "detail"
    VIEW = "view"
    ORDER = "order"
    CODE = "code"
    RESEND = "resend"
    SEND = "send"
    SMS = "sms"
    USER = "user"
    PHONE = "phone"
    ADDRESS = "address"
    CHANGE = "change"
    COMPENSATION = "compensation"
    BOOKING = "booking"
    TIME = "time"
    NAME = "name"
    REMARK = "remark"
    AMOUNT = "amount"
    PAY = "pay"
    DELETE = "delete"
    CANCEL = "cancel"
    CLOSE = "close"
    RETRY = "retry"
    ALLOW = "allow"
    SKIP = "skip"
    AGREE = "agree"
    LOGIN = "login"
    PRIVACY = "privacy"
    SUCCESS = "success"
    FAILURE = "failure"
    EXPORT = "export"
    COMPLAINT = "complaint"
    ADD_TO_CART = "add_to_cart"
    CART = "cart"
    SHOP = "shop"
    BOOK = "book"
    HOSPITAL = "hospital"
    SERVICE = "service"
    SAVE = "save"
    DELIVER = "deliver"
    HOME = "home"


WORDS: dict[Concept, tuple[str, ...]] = {
    Concept.SEARCH: (
        "搜索",
        "搜一搜",
        "查询",
        "查找",
        "检索",
        "搜",
        "search",
        "find",
        "look up",
        "lookup",
        "query",
        "track",
    ),
    Concept.SUBMIT: ("提交", "递交", "submit", "place order", "send request"),
    Concept.CONFIRM: ("确定", "确认", "好的", "ok", "okay", "confirm", "yes"),
    Concept.DONE: ("完成", "选好了", "使用", "done", "finish", "use", "select"),
    Concept.NEXT: ("下一步", "继续", "前往", "next", "next step", "continue", "proceed", "review"),
    Concept.APPLY: (
        "申请",
        "办理",
        "发起",
        "新建",
        "新增",
        "apply",
        "request",
        "start",
        "file",
        "create",
        "new",
        "get help",
        "raise",
        "open",
    ),
    Concept.REFUND: ("退款", "退费", "退钱", "refund", "money back"),
    Concept.RETURN: ("退换货", "退换", "退货", "换货", "return", "exchange", "replace", "replacement"),
    Concept.AFTERSALE: ("售后服务", "售后", "after sales", "aftersales", "after sale", "support"),
    Concept.REASON: ("原因", "理由", "缘由", "reason", "cause", "what went wrong", "what happened", "issue type"),
    Concept.UPLOAD: (
        "上传",
        "添加附件",
        "附件",
        "凭证",
        "证明材料",
        "选择文件",
        "upload",
        "attach",
        "attachment",
        "evidence",
        "proof",
    ),
    Concept.VIDEO: ("视频", "录像", "影像", "video", "clip"),
    Concept.PICTURE: ("图片", "照片", "截图", "图像", "相片", "photo", "picture", "image", "screenshot"),
    Concept.LOGISTICS: (
        "物流",
        "快递",
        "运单",
        "包裹",
        "配送",
        "派送",
        "运输",
        "logistics",
        "shipping",
        "shipment",
        "delivery",
        "parcel",
        "package",
        "tracking",
        "courier",
    ),
    Concept.STATUS: ("状态", "进度", "动态", "进展", "status", "progress", "state"),
    Concept.DETAIL: ("详细信息", "详情页", "详情", "明细", "detail", "details"),
    Concept.VIEW: ("查看", "进入", "浏览", "view", "see", "show"),
    Concept.ORDER: ("订单", "单据", "order", "purchase"),
    Concept.CODE: ("验证码", "校验码", "动态码", "verification code", "code", "otp", "passcode"),
    Concept.RESEND: (
        "重新发送",
        "再次发送",
        "重新获取",
        "再发一次",
        "重发",
        "补发",
        "resend",
        "re-send",
        "send again",
        "send new",
    ),
    Concept.SEND: ("发送", "发出", "send"),
    Concept.SMS: ("短信", "sms", "text message"),
    Concept.USER: ("用户", "客户", "会员", "user", "customer", "member", "client", "account"),
    Concept.PHONE: (
        "手机号码",
        "手机号",
        "电话号码",
        "联系电话",
        "手机",
        "电话",
        "phone number",
        "phone",
        "mobile",
        "telephone",
        "mobile number",
    ),
    Concept.ADDRESS: ("地址", "住址", "address"),
    Concept.CHANGE: ("修改", "更改", "变更", "编辑", "更换", "change", "edit", "modify", "update"),
    Concept.COMPENSATION: ("补偿", "赔偿", "赔付", "补贴", "compensation", "compensate", "goodwill"),
    Concept.BOOKING: ("预约", "挂号", "预订", "预定", "booking", "appointment", "reserve", "reservation", "schedule"),
    Concept.TIME: ("时间", "日期", "时段", "time", "date", "slot"),
    Concept.NAME: ("姓名", "名字", "名称", "name"),
    Concept.REMARK: (
        "备注",
        "说明",
        "留言",
        "描述",
        "note",
        "notes",
        "remark",
        "remarks",
        "comment",
        "comments",
        "description",
        "message",
    ),
    Concept.AMOUNT: ("金额", "价格", "数额", "amount", "price", "sum"),
    Concept.PAY: (
        "支付",
        "付款",
        "付费",
        "结算",
        "购买",
        "下单",
        "转账",
        "打款",
        "pay",
        "payment",
        "checkout",
        "buy",
        "transfer",
        "purchase now",
    ),
    Concept.DELETE: ("删除", "移除", "清空", "注销", "delete", "remove", "erase", "clear all"),
    Concept.CANCEL: ("取消", "放弃", "撤销", "cancel", "discard", "withdraw", "abort"),
    Concept.CLOSE: (
        "我知道了",
        "知道了",
        "以后再说",
        "下次再说",
        "稍后再说",
        "暂不开启",
        "暂不更新",
        "暂不",
        "关闭",
        "不再提示",
        "not now",
        "maybe later",
        "later",
        "close",
        "got it",
        "dismiss",
        "no thanks",
        "no, thanks",
    ),
    Concept.RETRY: ("重新加载", "点击重试", "重试", "刷新", "retry", "try again", "reload", "refresh"),
    Concept.ALLOW: ("仅在使用中允许", "使用时允许", "始终允许", "允许", "allow", "while using the app", "grant"),
    Concept.SKIP: ("跳过", "skip"),
    Concept.AGREE: ("同意", "已阅读", "agree", "accept"),
    Concept.LOGIN: ("登录", "登陆", "log in", "login", "sign in"),
    Concept.PRIVACY: ("隐私", "授权", "身份证", "实名", "privacy", "authorize", "authorise", "identity"),
    Concept.SUCCESS: (
        "成功",
        "已受理",
        "已提交",
        "已收到",
        "success",
        "successful",
        "successfully",
        "thank you",
        "submitted",
        "received",
    ),
    Concept.FAILURE: ("失败", "出错", "有误", "failed", "failure", "error", "wrong", "unable"),
    Concept.EXPORT: ("导出", "下载", "export", "download"),
    Concept.COMPLAINT: (
        "投诉",
        "问题反馈",
        "意见反馈",
        "反馈",
        "complaint",
        "report a problem",
        "report an issue",
        "problem",
        "claim",
        "dispute",
    ),
    Concept.ADD_TO_CART: (
        "加入购物车",
        "放入购物车",
        "添加到购物车",
        "加购物车",
        "加购",
        "add to cart",
        "add to basket",
        "add to bag",
    ),
    Concept.CART: ("购物车", "cart", "basket", "bag"),
    Concept.SHOP: ("商城", "购物", "商店", "商品", "shop", "store", "shopping", "item", "product"),
    Concept.BOOK: ("图书", "书籍", "书城", "书店", "书名", "book", "books", "bookshop", "bookstore"),
    Concept.HOSPITAL: ("医院", "门诊", "就诊", "科室", "医生", "hospital", "clinic", "doctor", "department"),
    Concept.SERVICE: ("客服", "工单", "工作台", "service", "services", "helpdesk", "ticket", "help"),
    Concept.SAVE: ("保存", "存储", "save", "store changes"),
    Concept.DELIVER: ("发货", "收货", "签收", "ship", "shipped", "delivered"),
    Concept.HOME: ("首页", "主页", "home"),
}

# Errands: what leads towards one concept of a family is likely to lead towards the others too.
FAMILIES: tuple[frozenset[Concept], ...] = (
    frozenset(
        {
            Concept.REFUND,
            Concept.RETURN,
            Concept.AFTERSALE,
            Concept.REASON,
            Concept.COMPENSATION,
            Concept.COMPLAINT,
        }
    ),
    frozenset({Concept.ORDER, Concept.LOGISTICS, Concept.DELIVER, Concept.SHOP, Concept.AFTERSALE, Concept.REFUND}),
    frozenset({Concept.CODE, Concept.SMS, Concept.RESEND, Concept.SEND}),
    frozenset({Concept.USER, Concept.PHONE, Concept.NAME, Concept.ADDRESS}),
    frozenset({Concept.BOOKING, Concept.HOSPITAL, Concept.TIME}),
    frozenset({Concept.UPLOAD, Concept.VIDEO, Concept.PICTURE}),
    frozenset({Concept.COMPLAINT, Concept.SERVICE, Concept.EXPORT}),
    frozenset({Concept.ADDRESS, Concept.CHANGE}),
    frozenset({Concept.BOOK, Concept.SHOP}),
)

# Committing: taps on these are marked for a human.
SENSITIVE = frozenset(
    {
        Concept.SUBMIT,
        Concept.PAY,
        Concept.REFUND,
        Concept.RESEND,
        Concept.SEND,
        Concept.DELETE,
        Concept.PRIVACY,
        Concept.COMPENSATION,
        Concept.AGREE,
    }
)
# Never a way forward that was not asked for.
FORBIDDEN_LEADS = frozenset(
    {
        Concept.PAY,
        Concept.DELETE,
        Concept.CANCEL,
        Concept.CLOSE,
        Concept.LOGIN,
        Concept.ALLOW,
        Concept.SUBMIT,
        Concept.CONFIRM,
        Concept.RETRY,
        Concept.AGREE,
        Concept.SUCCESS,
        Concept.FAILURE,
        Concept.SAVE,
        Concept.SEND,
        Concept.RESEND,
        Concept.ADD_TO_CART,
    }
)

LOADING = re.compile(
    r"加载中|正在(?!使用|进行|派|配|运|处理中)[\u4e00-\u9fff]{0,6}(?:中|\.{2,}|…|,?请稍)|请稍[候后等](?!再)|上传中|处理中\s*(?:\.{2,}|…)|"
    r"\bloading\b|please wait|uploading|searching\s*(?:\.{2,}|…)",
    re.IGNORECASE,
)
NETWORK_ERROR = re.compile(
    r"网络(?:异常|错误|不给力|连接失败|不可用|超时|开小差|请求失败)|加载失败|连接(?:失败|超时)|请求超时|服务器?(?:繁忙|异常|开小差)|"
    r"系统繁忙|network (?:error|unavailable|problem)|no (?:internet|connection)|connection (?:failed|lost|error)|"
    r"failed to load|could(?: not|n't) load|timed? ?out|something went wrong|server error",
    re.IGNORECASE,
)
NOT_FOUND = re.compile(
    r"未找到|没有找到|找不到|未查[询找]?到|没有查[询找]?到|查无|无(?:搜索|查询|相关|匹配)?(?:结果|数据|记录)|暂无(?:数据|结果|记录|订单|相关)|不存在|没有(?:相关|符合|匹配)|"
    r"not found|no (?:results?|match(?:es|ing)?|records?|orders?|items?|data)\b|nothing (?:found|matches|here)|\bno (?:\w+ ){1,3}(?:was |were )?found|"
    r"0 results|does not exist|doesn't exist|couldn't find|could not find",
    re.IGNORECASE,
)
SUCCESS = re.compile(
    r"成功|已(?:提交|受理|发送|保存|重发|预约|收到|更新|修改|完成)|等待审核|待审核|审核中|"
    r"\bsuccess(?:ful|fully)?\b|\bsubmitted\b|\bthank you\b|\b(?:was|has been|been|is) (?:sent|saved|received|confirmed|booked|updated)\b|"
    r"\b(?:booking|order|request|appointment) confirmed\b|\bsent\b|\bconfirmed\b|request received|all set",
    re.IGNORECASE,
)
FAILED = re.compile(
    r"失败|未成功|不成功|没有成功|不能为空|有误|错误|超出|不(?:能|可)(?:超过|大于|小于)|不足|已存在|重复提交|无法|"
    r"\bfail(?:ed|ure)?\b|\berror\b|unsuccessful|not successful|\binvalid\b|\brequired\b|cannot be|must (?:not )?be|already exists",
    re.IGNORECASE,
)
COMPLAINT = re.compile(
    r"请(?:先|您)?(?:选择|填写|输入|上传|勾选|同意|完善|补充|添加|阅读)|不能为空|未(?:选择|填写|上传|勾选)|必填|必选|"
    r"\bplease (?:select|choose|enter|fill|add|upload|complete|accept|agree|provide|pick)|\bis required\b|\bare required\b|"
    r"must (?:select|choose|accept|be)|cannot be (?:empty|blank)|\bmissing\b",
    re.IGNORECASE,
)
LOGIN_WALL = re.compile(
    r"(?:请先?|需要|重新)登[录陆]|登[录陆]已?(?:过期|失效)|账号登[录陆]|密码登[录陆]|验证码登[录陆]|sign in to|log ?in to|please (?:log|sign) in|"
    r"session expired",
    re.IGNORECASE,
)
HUMAN_CHECK = re.compile(
    r"拖动(?:滑块|下方)|向右滑动|滑动验证|完成拼图|图形验证|人机验证|安全验证|依次点击|captcha|i'?m not a robot|verify you are human|slide to verify",
    re.IGNORECASE,
)
PASSWORD = re.compile(r"密码|password", re.IGNORECASE)
INPUT_HINT = re.compile(
    r"^(?:请|可)?(?:输入|填写|搜索|查询|查找)|请输入|请填写|输入.{0,12}(?:搜索|查询|查找)|^(?:选填|必填|可选)|"
    r"^(?:enter|type|search|find|e\.?g\.|optional|your |input|write|add a (?:note|comment)|tell us)\b|\.\.\.$|…$",
    re.IGNORECASE,
)
SELECT_HINT = re.compile(r"^(?:请选择|点击选择|未选择)|请选择|^(?:please )?(?:select|choose)\b", re.IGNORECASE)
SEARCH_HINT = re.compile(
    r"搜索|查询|查找|检索|搜一搜|订单号|手机号|单号|关键[词字]|\bsearch\b|\bfind\b|look up|\btrack|number|keyword",
    re.IGNORECASE,
)
SEARCH_ENTRY = re.compile(r"搜索|查询|查找|检索|\bsearch\b|\bfind\b|\blook ?up\b|\btrack\b", re.IGNORECASE)
PICKER = re.compile(
    r"选择(?:文件|照片|图片|视频|媒体|附件|素材)|相册|图库|最近(?:项目|使用|文件|添加)?$|全部文件|所有文件|我的文件|本机文件|文件管理|"
    r"(?:choose|select|pick)(?: an?| your)? (?:file|photo|video|media|picture|image)s?|gallery|\brecent(?:s| files)?\b|camera roll|albums?",
    re.IGNORECASE,
)
PICK_SOURCE = re.compile(
    r"从?(?:手机)?(?:相册|图库|文件)(?:中)?(?:选择|选取|上传)?|选择(?:文件|视频|照片|图片)|本地(?:文件|视频|上传)|"
    r"(?:choose|select|pick|upload) from|photo library|\bgallery\b|\bfiles\b|browse",
    re.IGNORECASE,
)
CAMERA = re.compile(r"拍照|拍摄|录像|录制|相机|\bcamera\b|take (?:a )?(?:photo|video)|\brecord\b", re.IGNORECASE)
VIDEO_NAME = re.compile(r"\.(?:mp4|mov|avi|mkv|3gp|webm|m4v)\b|^\d{1,2}:\d{2}$|\bVID[_-]?\d", re.IGNORECASE)
PICTURE_NAME = re.compile(r"\.(?:jpe?g|png|webp|gif|heic|bmp)\b|\bIMG[_-]?\d", re.IGNORECASE)
FILE_NAME = re.compile(
    r"\.(?:mp4|mov|avi|mkv|3gp|webm|m4v|jpe?g|png|webp|gif|heic|bmp|pdf|docx?|xlsx?|csv|txt|mp3|wav|zip)\b",
    re.IGNORECASE,
)
ATTACHED = re.compile(
    r"已(?:上传|添加|选择?)\s*[(]?\s*[1-9]|上传成功|上传完成|(?<![\d/])[1-9]\s*/\s*\d{1,2}(?!\s*/|\d|月)|"
    r"\b(?:uploaded|attached|added)\b|\b[1-9]\d? (?:files?|attachments?|items?) (?:added|selected|attached|uploaded)",
    re.IGNORECASE,
)
TIMESTAMP = re.compile(
    r"(?:(?P<year>20\d{2})[-/.年])?(?:(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?)?[\sT]*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?"
)
# An answer that names nothing: continue with the current goal.
GO_ON = re.compile(
    r"(?:好的?|可以|行|是的?|对|没问题|嗯|ok(?:ay)?|yes|sure|fine|all right)?[,,。.!! ]*"
    r"(?:请|你)?(?:接着|继续)(?:做|执行|处理|操作|下去|吧|即可)*[。.!!]*|"
    r"(?:好的?|可以|行|是的?|没问题|嗯)[。.!!]*|"
    r"(?:ok(?:ay)?|yes|sure|fine|all right)?[,. ]*(?:please )?(?:go on|continue|carry on|proceed|go ahead)[.! ]*|"
    r"(?:ok(?:ay)?|yes|sure|fine|all right)[.!]*",
    re.IGNORECASE,
)
LAUNCHER = re.compile(r"launcher|system home|^home$|桌面|主屏幕?", re.IGNORECASE)


def _word_pattern() -> re.Pattern[str]:
    every = sorted({word for words in WORDS.values() for word in words}, key=len, reverse=True)
    return re.compile("|".join(_one_word(word) for word in every))


def _one_word(word: str) -> str:
    spelled = re.escape(word).replace(r"\ ", r"[\s-]*").replace(r"\-", r"[\s-]*")
    return rf"(?<![a-z]){spelled}(?:s|es|ed|ing)?(?![a-z])" if word.isascii() else spelled


def _flat(word: str) -> str:
    return re.sub(r"[\s-]+", "", word)


WORD_PATTERN = _word_pattern()
_CONCEPT_OF = {_flat(word): concept for concept, words in WORDS.items() for word in words}


def concept_of(found: str) -> Concept | None:
    """The concept of a piece of text that WORD_PATTERN matched (an English inflection included)."""
    flat = _flat(found)
    stems = (flat, *(flat.removesuffix(ending) for ending in ("s", "es", "ed", "ing")))
    return next((_CONCEPT_OF[stem] for stem in stems if stem in _CONCEPT_OF), None)


def kin(concept: Concept) -> frozenset[Concept]:
    """The concept and all that belong to the same errands."""
    return frozenset({concept}).union(*(family for family in FAMILIES if concept in family))
