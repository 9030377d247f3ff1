from graphattn.datasets.sequences import UNKNOWN, characters


def test_strings_become_ids_linked_to_their_neighbours():
    data, slices, vocabulary = characters(["abca", "c", "", "ab"])
    assert vocabulary == (UNKNOWN, "a", "b", "c")
    assert data.x.view(-1).tolist() == [1, 2, 3, 1, 3, 1, 2]
    assert slices["x"].tolist() == [0, 4, 5, 5, 7]
    assert slices["edge_index"].tolist() == [0, 6, 6, 6, 8]
    assert data.edge_index.tolist() == [
        [0, 1, 1, 2, 2, 3, 0, 1],
        [1, 0, 2, 1, 3, 2, 1, 0],
    ]


def test_a_vocabulary_can_be_given_and_unknown_characters_are_id_0():
    data, _, vocabulary = characters(["abz"], vocabulary=(UNKNOWN, "b", "a"))
    assert vocabulary == (UNKNOWN, "b", "a")
    assert data.x.view(-1).tolist() == [2, 1, 0]
