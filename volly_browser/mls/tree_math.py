"""Array-based trees (RFC 9420, appendix C): computes relations between nodes from their indices.

The tree is perfect: 2^d leaves and 2^(d+1) - 1 nodes.  Leaf L is node 2 * L; parents have odd indices; `width` is
always the number of nodes.  Indices are trusted here: callers check what comes from outside against the width.
"""


def level(node: int) -> int:
    """0 for a leaf, else one more than the level of the children."""
    return (~node & (node + 1)).bit_length() - 1


def node_width(leaves: int) -> int:
    """Return the number of nodes of a tree of `leaves` leaves."""
    return 2 * leaves - 1


def perfect_width(width: int) -> int:
    """The width of the smallest perfect tree with at least `width` nodes."""
    return int((1 << width.bit_length()) - 1)


def root(width: int) -> int:
    """The root of a perfect tree."""
    return width // 2


def left(parent: int) -> int:
    """The left child of a parent node."""
    return parent ^ (1 << (level(parent) - 1))


def right(parent: int) -> int:
    """The right child of a parent node."""
    return parent ^ (3 << (level(parent) - 1))


def parent(node: int) -> int:
    """The parent of a node that is not the root."""
    k = level(node)
    return (node | (1 << k)) & ~(1 << (k + 1))


def sibling(node: int) -> int:
    """The other child of the parent of a node that is not the root."""
    above = parent(node)
    return right(above) if node < above else left(above)


def direct_path(node: int, width: int) -> list[int]:
    """The ancestors of a node from its parent to the root (section 4.1.2); empty for the root."""
    top = root(width)
    path = []
    while node != top:
        node = parent(node)
        path.append(node)
    return path


def copath(node: int, width: int) -> list[int]:
    """The sibling of the node and of each ancestor below the root (section 4.1.2)."""
    return [sibling(below) for below in [node, *direct_path(node, width)][:-1]]


def contains(head: int, node: int) -> bool:
    """Whether `node` is `head` or one of its descendants."""
    reach = (1 << level(head)) - 1
    return head - reach <= node <= head + reach


def leaves_below(head: int) -> range:
    """The leaf indices of the subtree of `head`."""
    reach = (1 << level(head)) - 1
    return range((head - reach) // 2, (head + reach) // 2 + 1)


def common_ancestor(first: int, second: int) -> int:
    """The lowest node whose subtree contains both."""
    while not contains(first, second):
        first = parent(first)
    return first
