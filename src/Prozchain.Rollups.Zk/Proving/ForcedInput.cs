namespace Prozchain.Rollups.Zk.Proving;

/// <summary>A forced item that a batch takes, as it was queued.</summary>
/// <param name="IsDeposit">Whether the bridge queued it.</param>
/// <param name="Sender">Who queued it.</param>
/// <param name="Block">The settlement layer's block that it was queued in.</param>
/// <param name="TimestampSeconds">That block's time, in seconds since 1970.</param>
/// <param name="Data">Its bytes, at most <see cref="MaxSize"/>.</param>
internal readonly record struct ForcedInput(bool IsDeposit, L1Address Sender, ulong Block, ulong TimestampSeconds, ReadOnlyMemory<byte> Data)
{
    /// <summary>Most bytes of an item: what the Inbox takes.</summary>
    public const int MaxSize = 8_192;
}
