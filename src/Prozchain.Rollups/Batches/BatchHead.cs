namespace Prozchain.Rollups.Batches;

/// <summary>
/// What a batch says about itself. Its chain is where it was posted, so it names none. One of version 2 says <see cref="Root"/>
/// and the count alone.
/// </summary>
/// <param name="Number">Position in the chain of batches, from 0.</param>
/// <param name="Parent">The check of the last batch that was executed, at first that of the genesis.</param>
/// <param name="L1Origin">Number of the settlement layer's block that the batch builds on. Its time is said where it is posted.</param>
/// <param name="ForcedItems">How many items of the forced queue it takes, ahead of its own transactions.</param>
/// <param name="Layout">What the columns are made for: posting as they are, or compressing.</param>
/// <param name="Signatures">Where the signatures are.</param>
/// <param name="Count">Number of its own transactions.</param>
public readonly record struct BatchHead(
    ulong Number, BatchCheck Parent, ulong L1Origin, int ForcedItems, ColumnLayout Layout, SignatureMode Signatures, int Count)
{
    /// <summary>State root before the batch, of version 2; zero of version 1.</summary>
    public Digest32 Root { get; init; }

    /// <summary>The head of a batch of version 2.</summary>
    internal static BatchHead Upon(in Digest32 root, int count) => new(0, default, 0, 0, default, SignatureMode.None, count) { Root = root };
}
