"""Small procedures of our own, in English, Chinese and Japanese."""

from __future__ import annotations

PARCEL = """\
# Late parcel call
Be brief and kind.

1. **Greet** the customer and say who is calling.
2. Verify the order number before anything else. If the customer refuses, offer an e-mail instead.
3. Explain the delay:
   - name the depot,
   - give the new day.
   - If the customer asks for a refund, open a refund case
     and read out its number.
   - Say sorry once.
4. If nobody will be at home, arrange a neighbour.
5) Thank the customer and close.
"""

BILL_ZH = """\
## 流程
第一步：问候客户，说明来电目的。
第二步：核实客户身份，请客户报出手机尾号。如果客户拒绝，说明原因后再次请求；如仍拒绝，礼貌结束通话。
**3. 告知账单金额和到期日**
- 若客户表示困难，介绍分期方案
- 当客户情绪激动时，先安抚再继续
4、感谢客户，如实记录结果并结束通话。
"""

DELIVERY_JA = """\
1. お名前を確認する。
2. 配達日を伝える。お客様が不在の場合は、再配達を提案する。
"""
