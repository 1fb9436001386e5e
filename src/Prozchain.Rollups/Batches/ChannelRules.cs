namespace Prozchain.Rollups.Batches;

/// <summary>Bounds that every node of a rollup shares: they decide which channels count.</summary>
/// <param name="TimeoutBlocks">A channel counts if its last missing frame is posted at most this many blocks of the settlement layer after its first.</param>
/// <param name="MaxChannelBytes">A channel that grows beyond this is dropped. A frame counts as its data and 200 bytes.</param>
/// <param name="MaxBankBytes">Beyond this, the channels opened first are dropped.</param>
/// <param name="MaxContentBytes">Most bytes that a channel's content may decompress to.</param>
public sealed record ChannelRules(uint TimeoutBlocks, int MaxChannelBytes, long MaxBankBytes, int MaxContentBytes)
{
    /// <summary>Added to the data of each frame, so that empty frames are not free.</summary>
    public const int FrameCharge = 200;

    /// <summary>50 blocks (ten minutes), 16 MiB, 96 MiB, 64 MiB.</summary>
    public static ChannelRules Default { get; } = new(50, 1 << 24, 96L << 20, 1 << 26);
}
