"""通讯录: who is listed, and how much of them each viewer sees."""
