namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>An inner node of the state's tree with what becomes of its children: a row of <see cref="TrieAir{TCells}"/> or <see cref="GrowthAir{TCells}"/>.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Left">Below bit 0.</param>
/// <param name="Right">Below bit 1.</param>
internal readonly record struct TrieRow(TriePlace Place, TrieChild Left, TrieChild Right)
{
    /// <summary>Whether the batch puts more than one key here, of a place that is new.</summary>
    public bool Forks => Left.Kind + Right.Kind > 1;
}

/// <summary>A subtree before and after a batch.</summary>
/// <param name="IsOpened">Whether rows below it say what it is; if not, it stays as it is.</param>
/// <param name="Kind">One of the constants; 0 where it is not opened.</param>
/// <param name="Before">Its digest before; zeros for nothing.</param>
/// <param name="After">Its digest after.</param>
internal readonly record struct TrieChild(bool IsOpened, int Kind, Eight Before, Eight After)
{
    /// <summary>No key, before and after.</summary>
    public const int Empty = 0;

    /// <summary>One key after, and before none or the same.</summary>
    public const int Leaf = 1;

    /// <summary>More than one key after, and before one or none.</summary>
    public const int Grown = 2;

    /// <summary>More than one key before and after.</summary>
    public const int Inner = 3;

    /// <summary>A subtree that no row is about.</summary>
    public static TrieChild Closed(in Eight digest) => new(false, 0, digest, digest);
}
