using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.State;

/// <summary>
/// Shows what a state with a known root holds under a key, or that it holds nothing there. Immutable. Wire form:
/// docs/formats/sharding-state.md.
/// </summary>
public sealed class StateProof
{
    private readonly TrieProof _proof;

    internal StateProof(TrieProof proof) => _proof = proof;

    /// <summary>True if the proof shows that the state with this root holds this value under this key.</summary>
    /// <param name="root">The root, from a header that the caller trusts.</param>
    /// <param name="rootDepth">Length in bits of the prefix of the state's shard (<see cref="ShardInfo.Depth"/>); 0 for the whole.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    public bool Shows(in Digest root, int rootDepth, in Digest key, ReadOnlySpan<byte> value) =>
        Leads(root, rootDepth, key) && _proof.Shows(key.Bytes, StateHash.Value(value));

    /// <summary>True if the proof shows that the state with this root holds nothing under this key.</summary>
    /// <param name="root">The root, from a header that the caller trusts.</param>
    /// <param name="rootDepth">Length in bits of the prefix of the state's shard; 0 for the whole.</param>
    /// <param name="key">The key.</param>
    public bool ShowsAbsent(in Digest root, int rootDepth, in Digest key) => Leads(root, rootDepth, key) && _proof.ShowsAbsent(key.Bytes);

    /// <summary>True if the proof shows that the address has this account; the default account is shown by absence.</summary>
    /// <param name="root">The state root of the address's shard.</param>
    /// <param name="rootDepth">Length in bits of the shard's prefix.</param>
    /// <param name="address">The address.</param>
    /// <param name="account">The account.</param>
    public bool ShowsAccount(in Digest root, int rootDepth, in Address address, Account account)
    {
        Span<byte> value = stackalloc byte[Account.Size];
        account.WriteTo(value);
        return Shows(root, rootDepth, address.Digest, value) || account == default && ShowsAbsent(root, rootDepth, address.Digest);
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        new WireWriter(output).WriteByte(WireLimits.Version);
        _proof.Write(output);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="proof">The proof, when the result is <see cref="ReadResult.Ok"/>; it is not verified yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [System.Diagnostics.CodeAnalysis.MaybeNull] out StateProof proof)
    {
        proof = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!TrieProof.TryRead(ref reader, out TrieProof inner)) return ReadResult.NotCanonical;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        proof = new StateProof(inner);
        return ReadResult.Ok;
    }

    private bool Leads(in Digest root, int rootDepth, in Digest key)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rootDepth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rootDepth, 255);
        return _proof.Verify<StateHash>(root.Bytes, rootDepth, key.Bytes);
    }
}
