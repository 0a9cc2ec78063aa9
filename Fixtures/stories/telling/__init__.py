"""What a story is told with: a server, the people's real clones of it, and the trail that CodeCommit would have left.

Everything is done by real git. The clones know the server by a CodeCommit URL, through a stand-in for
git-remote-codecommit. A hook of the server notes the ref commands of each push; they become the push's record.
Ids, dates and file times are fixed: the same story makes the same world, byte for byte.
"""

from telling.tale import Tale

__all__ = ["Tale"]
