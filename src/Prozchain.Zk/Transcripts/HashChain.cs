using System.Buffers.Binary;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Transcripts;

/// <summary>
/// The transcript's state: 32 bytes, each operation hashed onto the last (docs/formats/zk-transcript.md). Every hash
/// input starts with its own tag and a state of fixed length, and has each variable part behind its length: injective.
/// </summary>
internal sealed class HashChain<THash> : IDisposable where THash : struct, IDigest<THash>
{
    private const byte StartTag = 0, AbsorbTag = 1, ChallengeTag = 2, GrindTag = 4;

    private readonly byte[] _state = new byte[DigestGuard.Size];
    // Not readonly: a digest's state is mutable.
    private THash _hash = THash.Create();

    public HashChain(ProtocolId protocol)
    {
        if (protocol.Encoded.IsEmpty) throw new ArgumentException("Expected a protocol with a name, got a default value.", nameof(protocol));
        _hash.Append([StartTag]);
        _hash.Append("Prozchain transcript v0"u8);
        AppendLabelled(protocol.Encoded);
        _hash.Finish(_state);
    }

    public void Absorb(ReadOnlySpan<byte> label, ReadOnlySpan<byte> data)
    {
        Start(AbsorbTag, label, Kind.Bytes, (ulong)data.Length);
        _hash.Append(data);
        _hash.Finish(_state);
    }

    public void Absorb<TField>(ReadOnlySpan<byte> label, ReadOnlySpan<TField> elements) where TField : struct, IField<TField>
    {
        Start(AbsorbTag, label, Kind.Elements, (ulong)elements.Length);
        Span<byte> encoding = stackalloc byte[TField.EncodedSize];
        foreach (TField element in elements)
        {
            element.Write(encoding);
            _hash.Append(encoding);
        }
        _hash.Finish(_state);
    }

    public void Challenge(ReadOnlySpan<byte> label, Span<byte> challenge)
    {
        var stream = Open(label, Kind.Bytes, (ulong)challenge.Length);
        stream.Fill(challenge);
    }

    public void Challenge<TField>(ReadOnlySpan<byte> label, Span<TField> challenges) where TField : struct, IField<TField>
    {
        var stream = Open(label, Kind.Elements, (ulong)challenges.Length);
        foreach (ref TField challenge in challenges) challenge = TField.Sample(ref stream);
    }

    public void ChallengeIndices(ReadOnlySpan<byte> label, int bound, Span<int> indices)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        var stream = Open(label, Kind.Indices, (ulong)indices.Length << 32 | (uint)bound);
        uint mask = System.Numerics.BitOperations.RoundUpToPowerOf2((uint)bound) - 1;
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        foreach (ref int index in indices)
        {
            uint candidate;
            do
            {
                stream.Fill(bytes);
                candidate = BinaryPrimitives.ReadUInt32LittleEndian(bytes) & mask;
            }
            while (candidate >= (uint)bound);
            index = (int)candidate;
        }
    }

    /// <summary>Binds the work that is asked for; a nonce is then judged against this state.</summary>
    public void StartGrinding(ReadOnlySpan<byte> label, int bits)
    {
        Start(GrindTag, label, Kind.Work, (ulong)bits);
        _hash.Finish(_state);
    }

    /// <summary>The puzzle of the state: which nonces show the work.</summary>
    public GrindingPuzzle<THash> Puzzle(int bits) => new(_state, bits);

    /// <summary>Binds the nonce that was found.</summary>
    public void FinishGrinding(ulong nonce)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, nonce);
        Absorb("nonce"u8, bytes);
    }

    public void Dispose() => _hash.Dispose();

    // The state after a challenge is the stream's seed, which its blocks' own tag keeps apart from what comes next.
    private ChallengeStream<THash> Open(ReadOnlySpan<byte> label, Kind kind, ulong parameter)
    {
        Start(ChallengeTag, label, kind, parameter);
        _hash.Finish(_state);
        return new ChallengeStream<THash>(_state);
    }

    private void Start(byte tag, ReadOnlySpan<byte> label, Kind kind, ulong parameter)
    {
        if (label.Length is 0 or > byte.MaxValue) throw new ArgumentException($"Expected a label of 1 to {byte.MaxValue} bytes, got {label.Length}.", nameof(label));
        Span<byte> head = [tag];
        _hash.Append(head);
        _hash.Append(_state);
        AppendLabelled(label);
        Span<byte> tail = stackalloc byte[1 + sizeof(ulong)];
        tail[0] = (byte)kind;
        BinaryPrimitives.WriteUInt64LittleEndian(tail[1..], parameter);
        _hash.Append(tail);
    }

    private void AppendLabelled(ReadOnlySpan<byte> label)
    {
        Span<byte> length = [(byte)label.Length];
        _hash.Append(length);
        _hash.Append(label);
    }

    private enum Kind : byte
    {
        Bytes = 0,
        Elements = 1,
        Indices = 2,
        Work = 3,
    }
}
