"""Which item of which method brings which code of 5.2, and why no method of chapter 4 can bring the others."""

#: code, method, item: the item is missing, empty, or null.
MISSING = """
41001 getInjuryByNameAndId aac003
41002 getInjuryByNameAndId aac002
190001 getCure alca02
51001 register isnewinjure
51002 register kc21
51003 register kc21.aac002
51004 register kc21.aac003
51005 register kc21.aab001
51006 register kc21.aac001
51007 register kc21.aac004
51008 register kc21.aka130
51009 register kc21.akc190
51010 register kc21.akc192
51011 register kc21.alc028
51019 register kc21.akc191
61002 regundo akc190
81002 sendMedInfo akc190
81008 sendMedInfo meds.med.alc400
81009 sendMedInfo meds.med.alc401
81010 sendMedInfo meds.med.akc229
81011 sendMedInfo meds.med.alc405
81012 sendMedInfo meds.med.alc406
81013 sendMedInfo meds.med.alc407
81014 sendMedInfo meds.med.akc515
1004 sendMedInfo meds.med.akc231
91001 discharge akc190
91002 discharge aaca07
110001 leaveHos akc190
110002 leaveHos aac002
110003 leaveHos aac003
110004 leaveHos akc194
110005 leaveHos akc195
110006 leaveHos akc196
110007 leaveHos ints
120001 leaveHosUndo akc190
130002 invalidData akc190
240001 getJSSheet akc190
240001 getPerMed akc190
300001 getBSTdjyba aac002
300002 getBSTdjyba aac003
310001 offsiteRegister bs003WS
310002 offsiteRegister bs003WS.aac002
310003 offsiteRegister bs003WS.aac003
310004 offsiteRegister bs003WS.aka130
310005 offsiteRegister bs003WS.akc190
310006 offsiteRegister bs003WS.aae030
310011 offsiteRegister bs003WS.akc201
310013 offsiteRegister bs003WS.ysbm
310015 offsiteRegister bs003WS.sbkid
310024 offsiteRegister bs003WS.alc028
320001 offsiteRegisterUndo akc190
330002 sendBsMedInfo akc190
330008 sendBsMedInfo bs004s.bs004.alc400
330009 sendBsMedInfo bs004s.bs004.alc401
330010 sendBsMedInfo bs004s.bs004.ala002
330011 sendBsMedInfo bs004s.bs004.ala020
330012 sendBsMedInfo bs004s.bs004.akc229
330013 sendBsMedInfo bs004s.bs004.akc225
330014 sendBsMedInfo bs004s.bs004.akc226
330015 sendBsMedInfo bs004s.bs004.alc407
330016 sendBsMedInfo bs004s.bs004.akc515
340002 medInfoInvalidData akc190
350001 offsiteLeaveHos akc190
350002 offsiteLeaveHos aac002
350003 offsiteLeaveHos aac003
350004 offsiteLeaveHos aae031
350005 offsiteLeaveHos akc194
350006 offsiteLeaveHos akc195
350007 offsiteLeaveHos akc202
350008 offsiteLeaveHos ints
360001 offsiteLeaveHosUndo akc190
"""

#: code, method, item, value: the value is too long, of another form, or on no code list. `*30` is thirty characters.
WRONG = """
51021 register kc21.akc191 5
1004 register kc21.akc192 20250101
1004 register kc21.akc190 *31
81024 sendMedInfo meds.med.aka063 777
81025 sendMedInfo meds.med.aka065 7
81027 sendMedInfo meds.med.alc404 5
81031 sendMedInfo meds.med.noinjury 2
81034 sendMedInfo meds.med.spreason 2
330026 sendBsMedInfo bs004s.bs004.aka063 777
330027 sendBsMedInfo bs004s.bs004.aka065 7
330029 sendBsMedInfo bs004s.bs004.ala012 03
330033 sendBsMedInfo bs004s.bs004.noinjury 2
330036 sendBsMedInfo bs004s.bs004.spreason 2
110015 leaveHos akc195 5
350016 offsiteLeaveHos akc202 5
310008 offsiteRegister bs003WS.akc200 *31
310010 offsiteRegister bs003WS.akc199 *31
310012 offsiteRegister bs003WS.akc201 *31
310014 offsiteRegister bs003WS.ysbm *21
310016 offsiteRegister bs003WS.sbkid *21
"""

#: These are about sessions and messages: tests/sandbox/test_sign_in_to_work_injury.py has them.
OF_THE_DOOR = (
    *("11001", "11002", "11003", "11004", "11005", "11006", "21001", "21002", "21003", "21004", "21005"),
    *("31001", "31002", "31003", "31004", "31005", "31006", "31007"),
)

#: No method of chapter 4 can bring these. Code (? is any figure) → why.
NOT_PLAYED = {
    "21006": "登录之外的方法未登录时答复 11005；登录本身不会因未登录被拒",
    "61001": "文字属于撤销出院，4.14 答复 120002",
    "71???": "医疗费预审核：第四章没有这个方法",
    "81032": "预审核序号：第四章的费用没有这一项",
    "330034": "预审核序号：第四章的费用没有这一项",
    "990008": "审核结果：第四章没有获取审核结果的方法",
    "101???": "出院结算回退：第四章没有这个方法",
    "140???": "获取审核结果：第四章没有这个方法",
    "150???": "更新对照关系：第四章没有这个方法",
    "170???": "加密、继续治疗申请：第四章没有这两个方法，申请在网页上办理（6.7）",
    "180???": "撤销继续治疗申请：第四章没有这个方法",
    "210???": "体检信息上传：第四章没有这个方法",
    "220???": "撤销体检信息上传：第四章没有这个方法",
    "240003": "3.6 起出院之前也能获取结算单",
    "300003": "4.21 的入参没有认定书号",
}
