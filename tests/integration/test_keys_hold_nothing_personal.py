"""Keys of DynamoDB and S3, tags and metadata of objects show in logs and consoles, so nothing personal is there."""

import template
from marked import CONTENT, MARK, MARKED, post, stored
from messages import announcing, put, result, with_content
from moto_store import BUCKET, Store
from okd_dms.compact import unpack


def test_no_key_tag_or_metadata_holds_anything_personal(store: Store) -> None:
    stored(store)
    post(store, announcing(put(MARKED, "document.identificatie", f"{MARK} 2"), CONTENT))
    post(store, with_content(result() | {"student": MARKED["student"]}, CONTENT), Idempotency_Key=MARK)
    keys = {definition["AttributeName"] for definition in template.table_definition()["AttributeDefinitions"]}
    items = store.items()
    assert any(MARK in str(unpack(item["message"].value)) for item in items)
    for item in items:
        assert not [name for name in keys & item.keys() if MARK in str(item[name]) or "1234567" in str(item[name])]
    for key in store.objects():
        assert MARK not in key
        kept = store.s3.head_object(Bucket=BUCKET, Key=key)
        assert kept["Metadata"] == {}
        assert "ContentDisposition" not in kept
        assert store.s3.get_object_tagging(Bucket=BUCKET, Key=key)["TagSet"] == []
