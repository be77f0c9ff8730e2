"""WeChat's side as seen from ours: the only importer of wechatpy.

wechatpy gives the encryption, the address of the authorise page and the catalogue of calls. Its token cache, its retry and
its message classes are not used: they are not safe with many workers.
"""
