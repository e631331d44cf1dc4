"""Names that no label announces, secrets on command lines, dictated numbers: in texts as people write them."""

from __future__ import annotations

import pytest

from cs_agent.vision.personal_data.kinds import DataKind
from cs_agent.vision.personal_data.search import find

NAME, PASSWORD, ADDRESS = DataKind.NAME, DataKind.PASSWORD, DataKind.ADDRESS


def found(text: str) -> list[tuple[DataKind, str]]:
    return [(span.kind, text[span.start : span.end]) for span in find(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("早上汪明辉来过店里", ["汪明辉"]),
        ("已跟梁佩玲核对过金额", ["梁佩玲"]),
        ("请转告邹文涛一声", ["邹文涛"]),
        ("找丁慧敏核实", ["丁慧敏"]),
        ("由罗启明和杜秋月签收", ["罗启明", "杜秋月"]),
        ("We talked to Marguerite Duval about it", ["Marguerite Duval"]),
        ("Zbigniew Nowicki wants a new one", ["Zbigniew Nowicki"]),
        ("My husband Kofi Boateng paid", ["Kofi Boateng"]),
        ("[08:11] Petra Vogel: any news?", ["Petra Vogel"]),
        ("<Ivan Dvorak> hello", ["Ivan Dvorak"]),
        ("葛晓岚(客户) 09:12: 还没到", ["葛晓岚"]),
        ("刘思语: 还在吗", ["刘思语"]),
        ("Zhang Wei: not yet", ["Zhang Wei"]),
        ("此致\n敬礼\n潘志远", ["潘志远"]),
        ("Kind regards,\nElif Demir\nAccounting", ["Elif Demir"]),
        ('receiver,tracking\n"Lee, Min-ho",JD0012', ["Lee, Min-ho"]),
        ("购买人 数量\n卓一航 2", ["卓一航"]),
        ("姓名 王建国\n用户ID U100014", ["王建国"]),
        ("姓名   王建国\n用户ID   U100014", ["王建国"]),
    ],
)
def test_a_name_is_found_by_what_stands_around_it(text: str, names: list[str]) -> None:
    assert [value for kind, value in found(text) if kind is NAME] == names


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("mysql -u root -pS3cret!x shop", "S3cret!x"),
        ("curl -u ops:pw_88x https://host", "pw_88x"),
        ("sshpass -p 'a b!9' ssh h", "a b!9"),
        ("echo 'Top9secret' | sudo -S ls", "Top9secret"),
        ("AccountName=a;AccountKey=Zm9vYmFyYmF6cXV4==", "Zm9vYmFyYmF6cXV4=="),
        ("jdbc:oracle:thin:hr/pw9@db:1521:x", "pw9"),
        ('{"password": "three words long"}', "three words long"),
        ("口令是春江花月夜", "春江花月夜"),
        ("Passwort: Geheim!7", "Geheim!7"),
    ],
)
def test_a_password_is_found_as_programs_and_people_write_it(text: str, secret: str) -> None:
    assert (PASSWORD, secret) in found(text)


@pytest.mark.parametrize(
    "value",
    [
        "大阪府堺市北区長曽根町1-2-3",
        "서울특별시 마포구 월드컵로 240",
        "P.O. Box 118, Wellington 6140",
        "ul. Długa 5/7, 31-147 Kraków",
        "A-12, Lake View Apartments, Park Road, Pune 411001",
        "27/5 Silom Soi 3, Bangkok 10500",
    ],
)
def test_an_address_abroad_is_found_without_a_label(value: str) -> None:
    assert found(value) == [(ADDRESS, value)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("验证码念一下:四四零九一七", "四四零九一七"),
        ("it is oh two oh seven nine four six oh one two three", "oh two oh seven nine four six oh one two three"),
        ("the pin is three three oh seven", "three three oh seven"),
        ("write to kim (dot) lee (at) mail (dot) com", "kim (dot) lee (at) mail (dot) com"),
        ("邮箱lee艾特163点com", "lee艾特163点com"),
    ],
)
def test_what_was_dictated_is_found(text: str, value: str) -> None:
    assert value in [part for _, part in found(text)]


@pytest.mark.parametrize(
    "text",
    [
        "马应龙 麝香痔疮膏",
        "任务由两人完成后才能关闭",
        "每周约 5 张工单",
        "向左滑动查看",
        "最近备份 2026-11-22 03:28:19",
        "10:05 状态: 已签收",
        "Sony Headphones with Google Pay",
        "Numbers, JSON and ranges are answered in words",
        "Every POST needs a key",
        "ssh -p 2222 host",
        "unzip -p a.zip",
        "mysql -u root -p shop",
        "export TOKEN=$CI_TOKEN",
        "密码是错的",
        "错误:网络连接失败 (code 1009)",
        "one to two days, three items left",
        "订单号 一二三四五六七八九零一",
        "姓名 电话 地址",
        "- Battery, 2 years warranty",
        "05:59 5G 73",
        "12:30 VoLTE 66",
        "颜色: 黑色",
        "有效期: 5 分钟",
        "成交价: 88.00",
        "祝福语: 生日快乐",
        "车型: SUV",
        "Battery Level: 80%",
        "Delivery Window: 9-12",
    ],
)
def test_what_people_do_not_stand_in_is_left_alone(text: str) -> None:
    assert found(text) == []
