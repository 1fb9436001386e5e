namespace Prozchain.Rollups.Evm;

/// <summary>A log in a block of the chain that the node now takes for canonical.</summary>
internal sealed record L1Log(
    L1Address Address, IReadOnlyList<Digest32> Topics, ReadOnlyMemory<byte> Data, ulong BlockNumber, Digest32 BlockHash, Digest32 TransactionHash, ulong Index)
{
    /// <summary>Reads the log as an event.</summary>
    public AbiReadResult TryRead(AbiEvent type, out AbiValue members) => type.TryDecode([.. Topics], Data, out members);
}
