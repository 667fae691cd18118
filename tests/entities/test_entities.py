"""Whom and what a cube knows: found, resolved, corrected, recalled, through the façade."""

from __future__ import annotations

from pathlib import Path

import pytest

from opening import OpenCube
from remanence import Cube, EntityKind, Kind
from remanence.errors import AmbiguousId, InvalidInput, NotFound, Refused
from remanence.verbs.noticing import notice_unread


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    """Alice's cube, with the rule reader."""
    return open_cube(reader="rules")


def say(cube: Cube, *texts: str, name: str | None = None, session: str = "s") -> tuple[str, ...]:
    """What the speaker (the owner if none is named) says; returns the ids."""
    who = {} if name is None else {"name": name}
    return cube.observe([{"role": "user", "content": text, **who} for text in texts], session=session).added


def names(cube: Cube, kind: str | None = None) -> set[str]:
    return {one.name for one in cube.entities(kind=kind)}


def aliases(cube: Cube, name: str) -> set[str]:
    return {one.text for one in cube.entity(name).entity.aliases}


def test_names_are_found_with_their_kinds_and_where_they_stand(cube: Cube) -> None:
    say(cube, "Marta said she works at Contoso.", "we stayed in Braga with Marta")
    assert {one.name: one.kind for one in cube.entities()} == {
        "Marta": EntityKind.PERSON,
        "Contoso": EntityKind.ORGANISATION,
        "Braga": EntityKind.PLACE,
        "Alice": EntityKind.PERSON,
    }
    page = cube.entity("Marta")
    assert page.entity.items == 2
    utterances = [item for item in page.items if item.kind == "utterance"]
    assert [item.content for item in utterances] == [
        "Marta said she works at Contoso.",
        "we stayed in Braga with Marta",
    ]
    for mention in page.mentions:
        content = next(item.content for item in page.items if item.id == mention.item_id)
        assert content[mention.start : mention.end] == mention.text
    assert page.entity.first_at is not None
    assert page.entity.first_at <= page.entity.last_at  # type: ignore[operator]


def test_who_speaks_is_an_entity_from_the_start_and_says_i(cube: Cube) -> None:
    say(cube, "the weather is fine")
    say(cube, "it rains", name="Bruno")
    assert {one.name for one in cube.entities() if one.speaks} == {"Alice", "Bruno"}
    assert cube.entity("I").entity.name == "Alice"
    assert cube.entity("me", asker="Bruno").entity.name == "Bruno"
    say(cube, "I told Bruno about it.")
    assert cube.entity("Bruno").entity.mentions == 1


def test_my_sister_is_whom_the_same_speaker_called_so(cube: Cube) -> None:
    say(cube, "I had dinner with my sister Ana.", "My sister lives abroad.")
    say(cube, "my sister is a nurse", name="Bruno")
    ana = cube.entity("my sister").entity
    assert ana.name == "Ana"
    assert {item.content for item in cube.entity("my sister").items if item.author == "Alice"} >= {
        "I had dinner with my sister Ana.",
        "My sister lives abroad.",
    }
    assert all(item.author != "Bruno" for item in cube.entity("Ana").items)
    with pytest.raises(NotFound):
        cube.entity("my sister", asker="Bruno")
    assert cube.entity("my sister", asker="Alice").entity == ana


def test_bruno_s_sister_is_whom_bruno_calls_his(cube: Cube) -> None:
    say(cube, "my sister Ana is a nurse", name="Bruno")
    say(cube, "Bruno's sister helped me", "I met Rui's wife, Sofia.")
    assert cube.entity("Bruno's sister").entity == cube.entity("Ana").entity
    assert cube.entity("my sister", asker="Bruno").entity == cube.entity("Ana").entity
    assert cube.entity("Rui's wife").entity.name == "Sofia"
    assert "Bruno's sister helped me" in {item.content for item in cube.entity("Ana").items}


@pytest.mark.parametrize(
    ("first", "then", "name"),
    [
        ("Ana, my sister, is here.", "my sister left", "my sister"),
        ("My mother is called Rosa.", "I called mom", "my mum"),
        ("my boss Ricardo is away", "my boss wants a report", "my boss"),
        ("my younger brother Gil is tall", "my brother called", "my brother"),
        ("our dog Bolt barks", "my dog sleeps", "our dog"),
    ],
)
def test_relations_in_other_words_are_the_same_one(cube: Cube, first: str, then: str, name: str) -> None:
    say(cube, first, then)
    assert cube.entity(name).entity.name in first


def test_a_full_name_and_its_first_part_are_one_while_there_is_one(cube: Cube) -> None:
    say(cube, "I met Ana Souza yesterday.", "Ana said hello.")
    assert aliases(cube, "Ana") == {"Ana Souza", "Ana"}
    assert cube.entity("Souza").entity.name == "Ana Souza"


def test_a_first_name_known_before_its_full_name_is_one_too(cube: Cube) -> None:
    say(cube, "I told Ana about it.", "I met Ana Souza yesterday.")
    assert [one.name for one in cube.entities(kind="person")] == ["Ana Souza", "Alice"]


def test_ana_of_two_is_a_guess_with_a_score_and_never_one_of_them_silently(cube: Cube) -> None:
    say(cube, "I met Ana Souza.", "I met Ana Pereira.", "Ana said hello.", session="one")
    found = cube.find_entities("Ana")
    assert {one.entity.name for one in found} == {"Ana Souza", "Ana Pereira"}
    assert sum(one.score for one in found) == pytest.approx(1, abs=0.001)
    with pytest.raises(AmbiguousId, match="Ana Pereira"):
        cube.entity("Ana")
    guesses = [one for one in cube.entity("Ana Souza").mentions if one.text == "Ana"]
    assert [one.score < 0.5 for one in guesses] == [True]


def test_whom_this_conversation_named_is_the_likelier(cube: Cube) -> None:
    say(cube, "I met Ana Souza.", session="one")
    say(cube, "I met Ana Pereira.", session="two")
    say(cube, "Ana said hello.", session="two")
    (guess,) = [one for one in cube.entity("Ana Pereira").mentions if one.text == "Ana"]
    (other,) = [one for one in cube.entity("Ana Souza").mentions if one.text == "Ana"]
    assert guess.score > other.score


def test_my_sister_ana_and_my_boss_ana_are_two(cube: Cube) -> None:
    say(cube, "my sister Ana is a nurse", "my boss Ana is strict")
    assert cube.entity("my sister").entity.id != cube.entity("my boss").entity.id
    assert len(cube.find_entities("Ana")) == 2


def test_a_friend_may_be_a_colleague_too(cube: Cube) -> None:
    say(cube, "my friend Ana is funny", "my colleague Ana is late")
    assert cube.entity("my friend").entity.id == cube.entity("my colleague").entity.id


def test_a_person_and_a_place_of_one_name_are_two(cube: Cube) -> None:
    say(cube, "I have an appointment with Mr Lima.", "We live in Lima.")
    assert {(one.entity.name, one.entity.kind.value) for one in cube.find_entities("Lima")} == {
        ("Lima", "person"),
        ("Lima", "place"),
    }


def test_other_names_are_learnt_where_a_text_says_so(cube: Cube) -> None:
    say(cube, "Robert, who everyone calls Bob, fixed the roof.", "Bob sent the bill.")
    assert cube.entity("Bob").entity == cube.entity("Robert").entity
    assert cube.entity("Bob").entity.mentions == 3


def test_the_porto_office_is_not_porto(cube: Cube) -> None:
    say(cube, "I went to the Porto office.", "I live in Porto.")
    assert cube.entity("the Porto office").entity.id != cube.entity("Porto").entity.id


def test_what_a_speaker_is_called_is_theirs(cube: Cube) -> None:
    say(cube, "My name is Roberto.", name="rb77")
    assert cube.entity("I", asker="rb77").entity.speaks
    say(cube, "Roberto called.")
    assert cube.entity("Roberto").entity.speaks
    assert aliases(cube, "Roberto") == {"rb77", "Roberto"}


@pytest.mark.parametrize(
    "text",
    [
        'he shouted: "My name is Inigo Montoya"',
        "please don't call me Inigo",
        "if you call me Inigo again I will leave",
        "my name is not Inigo",
    ],
)
def test_what_is_quoted_denied_or_supposed_is_no_name_of_the_speaker(cube: Cube, text: str) -> None:
    say(cube, text)
    assert aliases(cube, "I") == {"Alice"}


@pytest.mark.parametrize(
    "text", ["Call me Nel.", "hello, you can call me Nel", "My name's Nel, hi", "Me llamo Nel."]
)
def test_the_speaker_s_own_name_is_theirs_however_they_say_it(cube: Cube, text: str) -> None:
    say(cube, text)
    assert cube.entity("Nel").entity == cube.entity("I").entity


def test_lower_case_chat_and_shouting_name_whom_the_cube_knows(cube: Cube) -> None:
    say(cube, "I told Ana about Braga.", "talked to ana about braga", "ANA IS LATE", "who is zeferino")
    said = [one for one in cube.entity("Ana").items if one.kind is Kind.UTTERANCE]
    assert len(said) == 3
    assert "zeferino" not in names(cube)


def test_an_everyday_word_in_lower_case_is_not_the_name_that_it_spells(cube: Cube) -> None:
    say(cube, "I told Rose about Will.", "will a rose grow here", "the will is there")
    assert cube.entity("Rose").entity.mentions == 1


def test_names_in_scripts_without_case_are_known_by_what_the_cube_has_heard(cube: Cube) -> None:
    say(cube, "你好", name="安娜")
    say(cube, "昨天我和安娜吃饭了")
    assert cube.entity("安娜").entity.mentions == 1


def test_russian_case_endings_do_not_make_another_person(cube: Cube) -> None:
    say(cube, "Моя сестра Анна живёт в Москве.", "Вчера я видел Анну в центре Москвы.")
    assert cube.entity("Анна").entity.mentions >= 2
    assert cube.entity("Москва").entity.kind is EntityKind.PLACE


def test_what_a_tool_answers_names_whom_the_cube_knows_and_nobody_new(cube: Cube) -> None:
    say(cube, "I told Vasco about it.")
    cube.observe(
        [{"role": "tool", "content": "Result: owner Vasco, editor Zeferino, Total Rows 3"}], session="t"
    )
    assert cube.entity("Vasco").entity.mentions == 2
    assert {"Zeferino", "Total Rows"}.isdisjoint(names(cube))


def test_without_a_reader_nothing_is_found(open_cube: OpenCube) -> None:
    cube = open_cube(reader=None)
    say(cube, "I met Ana Souza in Porto.")
    cube.remember("Ana likes tea")
    assert cube.entities() == ()


def test_what_is_remembered_and_revised_is_read_too(cube: Cube) -> None:
    item = cube.remember("Joaquim sells seeds in Tomar")
    assert "Tomar" in names(cube)
    cube.revise(item.id, "Joaquim sells seeds in Leiria")
    assert {"Joaquim", "Leiria"} <= names(cube)
    assert "Tomar" not in names(cube)


def test_retired_items_count_no_more_and_come_back(cube: Cube) -> None:
    (item,) = say(cube, "I told Nuno about it.")
    cube.forget(item)
    assert "Nuno" not in names(cube)
    cube.undo(cube.journal(limit=1)[0].sequence)
    assert cube.entity("Nuno").entity.mentions == 1


def test_a_mistyped_name_is_answered_with_what_comes_near(cube: Cube) -> None:
    say(cube, "I told Joaquim about it.")
    with pytest.raises(NotFound, match="did you mean 'Joaquim'"):
        cube.entity("Joaqim")
    with pytest.raises(NotFound, match="`entities` lists"):
        cube.entity("Xzyw")
    assert cube.find_entities("Xzyw") == ()


@pytest.mark.parametrize("bad", ["", "   ", "\x00", None, 3, "a" * 10_000])
def test_what_is_no_name_is_refused(cube: Cube, bad: object) -> None:
    with pytest.raises(InvalidInput):
        cube.entity(bad)  # type: ignore[arg-type]


def test_merged_entities_answer_to_all_their_names_and_undo_takes_them_apart(cube: Cube) -> None:
    say(cube, "I told Beatriz about it.", "I told Bia in town.")
    before = cube.entities()
    kept = cube.merge_entities("Beatriz", "Bia", because="she goes by Bia")
    assert (kept.name, kept.mentions) == ("Beatriz", 2)
    assert cube.entity("Bia").entity == kept
    line = cube.journal(limit=1)[0]
    assert (line.verb, line.reason) == ("entity", "she goes by Bia")
    with pytest.raises(Refused, match="one already"):
        cube.merge_entities("Bia", "Beatriz")
    cube.undo(line.sequence)
    assert cube.entities() == before
    cube.undo(cube.journal(limit=1)[0].sequence)
    assert cube.entity("Bia").entity == kept


def test_what_is_said_after_a_merge_goes_back_with_its_own_name(cube: Cube) -> None:
    say(cube, "I told Beatriz about it.", "I told Bia in town.")
    cube.merge_entities("Beatriz", "Bia")
    line = cube.journal(limit=1)[0].sequence
    say(cube, "I told Bia again.")
    assert cube.entity("Beatriz").entity.mentions == 3
    cube.undo(line)
    assert len(cube.entities(kind="person")) == 3


def test_a_split_takes_what_is_called_so_or_stands_in_an_item(cube: Cube) -> None:
    ids = say(cube, "I told Ana about it.", "I met Ana in town.", "Ana called from Faro.")
    before = cube.entities()
    other = cube.split_entity("Ana", items=[ids[2]], because="that was another Ana")
    assert other.mentions == 1
    assert len(cube.find_entities("Ana")) == 2
    named = cube.annotate_entity(other, name="Ana of Faro")
    assert cube.entity("Ana of Faro").entity == named
    assert named.id == other.id
    renamed, split = (line.sequence for line in cube.journal(limit=2))
    cube.undo(renamed)
    cube.undo(split)
    assert cube.entities() == before


def test_a_split_by_alias_leaves_the_other_names(cube: Cube) -> None:
    say(cube, "I told Beatriz about it.", "I told Bia in town.")
    cube.merge_entities("Beatriz", "Bia")
    other = cube.split_entity("Beatriz", aliases=["Bia"])
    assert other.name == "Bia"
    assert aliases(cube, "Beatriz") == {"Beatriz"}
    say(cube, "Bia called.")
    assert cube.entity("Bia").entity.id == other.id


def test_wrong_splits_and_merges_are_refused_and_change_nothing(cube: Cube) -> None:
    say(cube, "I told Beatriz about it.")
    before = cube.journal(limit=1)[0].sequence
    with pytest.raises(InvalidInput, match="aliases or items"):
        cube.split_entity("Beatriz")
    with pytest.raises(NotFound, match="is not known as"):
        cube.split_entity("Beatriz", aliases=["Bia"])
    with pytest.raises(Refused, match="both sides"):
        cube.split_entity("Beatriz", aliases=["Beatriz"])
    with pytest.raises(InvalidInput):
        cube.split_entity("Beatriz", aliases="Beatriz")
    with pytest.raises(NotFound):
        cube.merge_entities("Beatriz", "nobody")
    with pytest.raises(InvalidInput, match="name or a kind"):
        cube.annotate_entity("Beatriz")
    with pytest.raises(InvalidInput, match="not one of"):
        cube.annotate_entity("Beatriz", kind="alien")
    with pytest.raises(InvalidInput):
        cube.annotate_entity("Beatriz", name=" ")
    assert cube.journal(limit=1)[0].sequence == before


def test_a_name_and_a_kind_given_by_hand_stand_over_what_was_heard(cube: Cube) -> None:
    say(cube, "I told Beatriz about it.")
    changed = cube.annotate_entity("Beatriz", name="Bia", kind="thing")
    assert (changed.name, changed.kind) == ("Bia", EntityKind.THING)
    say(cube, "Bia called me.")
    assert cube.entity("Beatriz").entity.mentions == 2
    assert cube.annotate_entity("Bia", name="Bia") == cube.entity("Bia").entity
    line = cube.journal(limit=1)[0]
    assert line.verb != "entity"
    cube.annotate_entity("Bia", kind="person")
    cube.undo(cube.journal(limit=1)[0].sequence)
    assert cube.entity("Bia").entity.kind is EntityKind.THING


def test_recall_is_kept_to_what_mentions_somebody_by_any_name(cube: Cube) -> None:
    say(cube, "my sister Ana loves jazz", "my sister plays the cello", "Rui loves jazz too", "jazz is fine")
    found = cube.recall("jazz", entities=["my sister"], kinds=["utterance"])
    assert {hit.item.content for hit in found} == {
        "my sister Ana loves jazz",
        "my sister plays the cello",
    }
    assert all("mentions Ana" in str(hit.why) for hit in found)
    assert any("as 'my sister'" in str(hit.why) for hit in found)
    assert "cello" in cube.context("music", entities=["Ana"], kinds=["utterance"]).text
    assert cube.recall("jazz", entities=[cube.entity("Rui").entity])[0].item.content.startswith(
        "Rui loves jazz"
    )
    with pytest.raises(NotFound, match="nobody"):
        cube.recall("jazz", entities=["Zeferino"])
    with pytest.raises(InvalidInput):
        cube.recall("jazz", entities="Ana")


def test_recall_of_a_speaker_has_what_they_say_of_themselves(cube: Cube) -> None:
    say(cube, "I play the flute", "the flute is old", name="Bruno")
    say(cube, "Bruno bought a flute", "a flute costs much")
    found = cube.recall("flute", entities=["Bruno"], kinds=["utterance"])
    assert {hit.item.content for hit in found} == {"I play the flute", "Bruno bought a flute"}


def test_a_cube_of_an_older_format_opens_and_knows_nobody_until_it_hears_somebody(
    tmp_path: Path, open_cube: OpenCube
) -> None:
    for name in ("cube-v1.cube", "cube-v2.cube"):
        (tmp_path / name).write_bytes((Path(__file__).parents[1] / "data" / name).read_bytes())
        cube = open_cube(name, reader="rules", embedder=None)
        assert cube.entities() == ()
        say(cube, "I told Xavier about it.")
        assert "Xavier" in names(cube)


def test_texts_that_were_stored_before_names_were_looked_for_can_be_read_later(open_cube: OpenCube) -> None:
    cube = open_cube(reader=None)
    ids = say(cube, "I told Xavier about it.", "my sister Ana is here", "it rains")
    cube.close()
    cube = open_cube(reader="rules")
    assert cube.entities() == ()
    setting = cube._setting
    for unread in (3, 1):  # a text without a name has nothing to show that it was read
        with setting.store.write() as tx:
            change = setting.change(tx, actor="Alice", reason="read again")
            assert notice_unread(tx, change, tx.rows_of(ids)) == unread
            change.write()
        assert {"Xavier", "Ana", "Alice"} == names(cube)
        assert cube.entity("my sister").entity.mentions == 2
    assert cube.check() == ()


def test_an_item_that_names_others_at_other_times_shows_the_places_of_the_text_it_shows(cube: Cube) -> None:
    item = cube.remember("we rent the flat from Joaquim", valid_from="2020-01-01")
    cube.revise(item.id, "these days we rent it from Leonor and Joaquim", valid_from="2023-01-01")
    page = cube.entity("Joaquim")
    assert page.entity.mentions == 2
    for mention in page.mentions:
        assert mention.text == "Joaquim"


def test_a_first_name_that_many_share_means_none_of_them(open_cube: OpenCube) -> None:
    cube = open_cube(embedder=None, reader="rules")
    last = [f"{first}{second}ova" for first in ("Mar", "Bel", "Kar", "Vid", "Hol") for second in "aeiou"]
    for name in last:
        cube.observe([{"role": "user", "content": f"Anna {name} is a doctor."}], session=name)
    first = cube.observe([{"role": "user", "content": "I had tea with Anna."}], session="tea").added
    cube.observe([{"role": "user", "content": "I had cake with Anna."}], session="cake")
    named = cube.recall("tea", entities=["Anna"], k=1)
    assert [hit.item.id for hit in named] == [*first]
    alone = [one.entity for one in cube.find_entities("Anna") if one.entity.name == "Anna"]
    assert len(alone) == 1, "the second Anna is the first, not somebody new again"
