namespace Prozchain.Rollups.Evm;

/// <summary>A signed transaction as it goes over the wire, and who sent it.</summary>
internal sealed class SignedL1Transaction(L1Transaction body, L1Address sender, ReadOnlyMemory<byte> raw)
{
    public L1Transaction Body { get; } = body;

    public L1Address Sender { get; } = sender;

    /// <summary>Type byte, then the RLP list with the signature.</summary>
    public ReadOnlyMemory<byte> Raw { get; } = raw;

    /// <summary>The Keccak-256 of <see cref="Raw"/>.</summary>
    public Digest32 Hash { get; } = new(Hashing.Keccak(raw.Span));

    /// <summary>The form that goes to a node when there are blobs.</summary>
    /// <exception cref="ArgumentException">The blobs are not those that the transaction names.</exception>
    public byte[] WithSidecar(L1BlobSidecar sidecar)
    {
        if (Body.Blobs is not { } blobs || !blobs.Hashes.SequenceEqual(sidecar.Hashes()))
            throw new ArgumentException("Expected the blobs that the transaction names.", nameof(sidecar));
        return new RlpWriter().WriteRaw(Raw.Span[0]).WriteList(list =>
        {
            list.WriteRaw(Raw.Span[1..]);
            // The version of the wrapper (EIP-7594); the older form has none.
            if (sidecar.HasCellProofs) list.Write(UInt128.One);
            foreach (IReadOnlyList<ReadOnlyMemory<byte>> column in (IReadOnlyList<ReadOnlyMemory<byte>>[])[sidecar.Blobs, sidecar.Commitments, sidecar.Proofs])
            {
                list.WriteList(items =>
                {
                    foreach (ReadOnlyMemory<byte> item in column) items.Write(item.Span);
                });
            }
        }).Written.ToArray();
    }

    /// <summary>The contract that the transaction creates: Keccak-256 over RLP of sender and nonce.</summary>
    public L1Address Created()
    {
        RlpWriter writer = new RlpWriter().WriteList(list => list.Write(Sender.Span).Write(Body.Nonce));
        return new L1Address(Hashing.Keccak(writer.Written).Span[12..]);
    }
}
