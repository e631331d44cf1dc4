"""Values and the words beside them, for screens on which redaction is measured.

Rule: nothing here is taken from the code that is measured: values come from Faker and from number plans, labels from
screens of shops, couriers, banks and authorities.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from dataclasses import dataclass

from faker import Faker

HARMLESS = "harmless"


@dataclass(frozen=True, slots=True)
class Value:
    """Something on a screen: its kind (a DataKind's value, or `harmless`), what it is called there, and itself."""

    kind: str
    label: str
    text: str


class Source:
    """Draws values; the same seed draws the same ones."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.zh, self.en, self.gb = Faker("zh_CN"), Faker("en_US"), Faker("en_GB")
        for faker in (self.zh, self.en, self.gb):
            faker.seed_instance(dice.randrange(1 << 30))

    def personal(self, kind: str) -> Value:
        labels, make = _PERSONAL[kind]
        return Value(kind, self.dice.choice(labels), make(self))

    def harmless(self) -> Value:
        labels, make = self.dice.choice(_HARMLESS)
        return Value(HARMLESS, self.dice.choice(labels), make(self))

    def digits(self, count: int) -> str:
        return "".join(self.dice.choices(string.digits, k=count))


def _id_card(source: Source) -> str:
    number = source.zh.ssn()
    return source.dice.choice((number, f"{number[:6]} {number[6:14]} {number[14:]}"))


def _bank_card(source: Source) -> str:
    body = source.dice.choice(("6217", "6228", "6225", "4392", "5187")) + source.digits(11)
    number = body + next(check for check in string.digits if _luhn(body + check))
    return source.dice.choice((number, " ".join(number[at : at + 4] for at in range(0, len(number), 4))))


def _luhn(number: str) -> bool:
    return sum(sum(divmod(int(d) * (1 + place % 2), 10)) for place, d in enumerate(reversed(number))) % 10 == 0


def _mobile(source: Source) -> str:
    number = source.zh.phone_number()
    return source.dice.choice(
        (
            number,
            f"{number[:3]} {number[3:7]} {number[7:]}",
            f"{number[:3]}-{number[3:7]}-{number[7:]}",
            f"+86 {number}",
            f"({number[:3]}){number[3:7]}-{number[7:]}",
        )
    )


def _phone(source: Source) -> str:
    area, digits = source.dice.choice((("010", 8), ("021", 8), ("0571", 8), ("0755", 8), ("0933", 7)))
    local = source.dice.choice("2345678") + source.digits(digits - 1)
    area_code = source.dice.choice(("201", "312", "415", "617", "206"))
    return source.dice.choice(
        (
            f"{area}-{local}",
            f"({area}){local}",
            f"{area} {local}",
            f"+1 {area_code} 555 {source.digits(4)}",
            f"+44 20 7946 0{source.digits(3)}",
            f"+852 9{source.digits(3)} {source.digits(4)}",
            f"+81 90-{source.digits(4)}-{source.digits(4)}",
        )
    )


def _email(source: Source) -> str:
    return source.dice.choice((source.en.email(), source.zh.free_email(), source.en.company_email()))


def _password(source: Source) -> str:
    return source.en.password(length=9, special_chars=source.dice.random() < 0.5)


def _voucher(source: Source) -> str:
    shelf = f"{source.dice.randint(1, 30)}-{source.dice.randint(1, 9)}-{source.digits(4)}"
    letters = "-".join("".join(source.dice.choices("ABCDEFGHJKMNPQRSTUVWXYZ23456789", k=4)) for _ in range(3))
    return source.dice.choice(
        (shelf, source.digits(8), f"{source.digits(4)} {source.digits(4)} {source.digits(4)}", letters + "7")
    )


def _name(source: Source) -> str:
    return source.zh.name()


def _address(source: Source) -> str:
    province = source.dice.choice(("浙江省杭州市", "四川省成都市", "江苏省南京市", "北京市", "湖北武汉市"))
    district = source.zh.district() + source.dice.choice("区县")
    house = source.dice.choice(
        (
            f"{source.dice.randint(1, 999)}号",
            f"{source.dice.randint(1, 300)}弄{source.dice.randint(1, 40)}号{source.digits(3)}室",
            f"{source.dice.randint(1, 20)}幢{source.dice.randint(1, 4)}单元{source.dice.randint(101, 2404)}",
        )
    )
    return (
        f"{province}{district}{source.zh.last_name()}{source.dice.choice(('塘路', '园街', '山大道', '家桥巷'))}{house}"
    )


def _birth_date(source: Source) -> str:
    born = source.zh.date_of_birth(minimum_age=18, maximum_age=80)
    return source.dice.choice(
        (
            born.isoformat(),
            f"{born:%Y/%m/%d}",
            f"{born.year}年{born.month}月{born.day}日",
            f"{born:%d/%m/%Y}",
            f"{born:%Y.%m.%d}",
        )
    )


def _plate(source: Source) -> str:
    province = source.dice.choice("京沪粤浙苏川鄂湘鲁豫闽")
    body = source.dice.choice("ABCDEF") + source.dice.choice(("·", "", " "))
    return province + body + "".join(source.dice.choices("ABDFGHJKL0123456789" * 1, k=2)) + source.digits(3)


def _passport(source: Source) -> str:
    return source.dice.choice((f"E{source.digits(8)}", f"EJ{source.digits(7)}", f"G{source.digits(8)}"))


def _device(source: Source) -> str:
    """An IMEI, a hardware address or a public network address, whatever its label."""
    body = "35" + source.digits(12)
    imei = body + next(check for check in string.digits if _luhn(body + check))
    return source.dice.choice((imei, source.en.mac_address(), source.en.ipv4_public()))


def _messenger(source: Source) -> str:
    name = source.en.user_name().replace(".", "_")
    return source.dice.choice(
        (f"{name}{source.digits(2)}", f"wxid_{source.en.lexify('??????????')}", "4" + source.digits(8))
    )


_PERSONAL: dict[str, tuple[tuple[str, ...], Callable[[Source], str]]] = {
    "id_card": (("身份证号", "证件号码", "公民身份证", "ID No.", "投保人证件"), _id_card),
    "bank_card": (
        ("银行卡号", "退款账户", "对方账号", "收款账户", "提现到", "Card no.", "打款卡", "储蓄卡"),
        _bank_card,
    ),
    "mobile": (
        (
            "手机",
            "联系号码",
            "预留手机",
            "订单联系方式",
            "快递员",
            "Mobile",
            "回拨",
            "订单收货手机",
            "物流客服",
            "绑定号",
            "登录名",
        ),
        _mobile,
    ),
    "phone": (
        ("固定电话", "办公电话", "总机", "家里", "海外联系方式", "联系电话", "Tel", "宅电", "Phone number"),
        _phone,
    ),
    "email": (("电子邮箱", "E-mail", "账号", "接收邮箱"), _email),
    "password": (("登录密码", "初始密码", "Password", "Wi-Fi 密码"), _password),
    "code": (("验证码", "短信验证码", "动态码", "校验码", "OTP", "Verification code"), lambda source: source.digits(6)),
    "voucher": (
        ("取件码", "券码", "兑换码", "提货码", "核销码", "自提码", "入园码", "提货凭证", "付款码", "CVV"),
        _voucher,
    ),
    "name": (
        (
            "姓名",
            "收货人",
            "寄件人",
            "持卡人",
            "入住人",
            "联系人姓名",
            "客户",
            "派送员",
            "收货方",
            "签约人",
            "预订人",
            "下单用户",
            "揽件员",
            "Guest name",
            "Recipient",
        ),
        _name,
    ),
    "address": (("收货地址", "家庭住址", "上门地址", "寄往", "地址", "送至", "取件点", "账单地址", "住处"), _address),
    "birth_date": (("出生日期", "生日", "出生年月日", "Date of birth", "DOB"), _birth_date),
    "plate": (("车牌号", "车辆", "停车登记", "代驾车辆", "Plate"), _plate),
    "passport": (("护照号码", "护照", "证件号码", "出行证件", "Passport"), _passport),
    "device": (("IMEI", "IMEI 1", "WLAN MAC", "设备 IMEI", "登录 IP", "IP address", "Bluetooth MAC"), _device),
    "messenger": (("微信号", "QQ号", "客户微信", "QQ", "加微信", "WeChat"), _messenger),
}
KINDS = tuple(_PERSONAL)

_HARMLESS: tuple[tuple[tuple[str, ...], Callable[[Source], str]], ...] = (
    (("订单号", "订单编号", "Order no."), lambda s: f"2024{s.dice.randint(1, 12):02d}{s.digits(12)}"),
    (("运单号", "物流单号", "快递单号"), lambda s: f"{s.dice.choice(('SF', 'YT', 'JD', '77', ''))}{s.digits(13)}"),
    (("退款金额", "实付款", "合计", "Total"), lambda s: f"¥{s.dice.randint(1, 9999)}.{s.digits(2)}"),
    (
        ("下单时间", "签收时间", "创建时间"),
        lambda s: f"2024-05-{s.dice.randint(1, 28):02d} 14:{s.dice.randint(0, 59):02d}:{s.digits(1)}5",
    ),
    (
        ("商品名称", "商品", "Item"),
        lambda s: s.dice.choice(("无线蓝牙耳机 Pro 2", "保温杯 500ml 黑色", "充电宝 20000mAh", "纯棉短袖 T恤 L")),
    ),
    (("规格", "型号", "SKU"), lambda s: f"{s.en.bothify('??-####').upper()}"),
    (
        ("订单状态", "物流状态", "处理进度"),
        lambda s: s.dice.choice(("等待买家付款", "运输中", "已签收", "退款审核中", "派送中")),
    ),
    (("店铺", "商家", "承运公司"), lambda s: s.zh.company()),
    (
        ("退款原因", "问题描述", "备注"),
        lambda s: s.dice.choice(("质量问题", "七天无理由", "包装破损,需要换货", "尺码不合适", "未按约定时间发货")),
    ),
    (("优惠券", "活动"), lambda s: s.dice.choice(("满199减20", "会员95折", "限时秒杀", "新人专享 8 折"))),
    (("客服热线", "官方电话"), lambda s: f"400-{s.digits(3)}-{s.digits(4)}"),
    (("评分", "库存", "浏览量"), lambda s: f"{s.dice.randint(1, 99999)}"),
    (("版本", "更新"), lambda s: f"v{s.dice.randint(1, 12)}.{s.dice.randint(0, 20)}.{s.digits(2)}"),
    (("积分", "余额"), lambda s: f"{s.dice.randint(1, 99999)}.{s.digits(2)}"),
    (
        ("会员等级", "支付方式", "配送方式"),
        lambda s: s.dice.choice(("黄金会员", "微信支付", "货到付款", "次日达", "花呗分期")),
    ),
    (("发票抬头", "开票内容"), lambda s: s.dice.choice(("电子普通发票", "办公用品", s.zh.company()))),
)
