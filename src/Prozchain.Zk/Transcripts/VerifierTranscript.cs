using System.Buffers.Binary;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Transcripts;

/// <summary>
/// The verifier's side: each message is read from the proof and absorbed in one step. Never throws on what a proof
/// holds, and allocates nothing for it: every length comes from the statement.
/// </summary>
/// <remarks>
/// The first failure sticks: later messages come out zero and are not absorbed, and <see cref="Finish"/> names the
/// failure. A verifier may therefore receive everything, finish, and only then compute.
/// </remarks>
/// <typeparam name="THash">The hash function.</typeparam>
public sealed class VerifierTranscript<THash> : ITranscript, IDisposable where THash : struct, IDigest<THash>
{
    private readonly HashChain<THash> _chain;
    private readonly ReadOnlyMemory<byte> _proof;
    private int _offset;
    private ReadResult _failure;

    /// <summary>A transcript at its start.</summary>
    /// <param name="protocol">The protocol, the same as the prover's.</param>
    /// <param name="proof">The prover's messages, untrusted; not copied.</param>
    /// <exception cref="ArgumentException">The protocol is a default value.</exception>
    public VerifierTranscript(ProtocolId protocol, ReadOnlyMemory<byte> proof)
    {
        _chain = new HashChain<THash>(protocol);
        _proof = proof;
    }

    /// <summary>Receives bytes, as many as the destination holds.</summary>
    /// <returns>Ok or Truncated; after a failure, that failure.</returns>
    /// <exception cref="ArgumentException">The label is empty or longer than 255 bytes.</exception>
    public ReadResult TryReceive(ReadOnlySpan<byte> label, Span<byte> message)
    {
        message.Clear();
        if (!TryTake(message.Length, out ReadOnlySpan<byte> bytes)) return _failure;
        // Read once: what is handed out is what was absorbed, whoever writes to the proof meanwhile.
        bytes.CopyTo(message);
        _chain.Absorb(label, message);
        return ReadResult.Ok;
    }

    /// <summary>Receives field elements, as many as the destination holds.</summary>
    /// <returns>Ok, Truncated or NonCanonicalElement; after a failure, that failure.</returns>
    /// <exception cref="ArgumentException">The label is empty or longer than 255 bytes.</exception>
    public ReadResult TryReceive<TField>(ReadOnlySpan<byte> label, Span<TField> message) where TField : struct, IField<TField>
    {
        message.Clear();
        if (!TryTake((long)message.Length * TField.EncodedSize, out ReadOnlySpan<byte> bytes)) return _failure;
        for (int i = 0; i < message.Length; i++)
        {
            if (TField.TryRead(bytes.Slice(i * TField.EncodedSize, TField.EncodedSize), out message[i])) continue;
            message.Clear();
            return _failure = ReadResult.NonCanonicalElement;
        }
        _chain.Absorb<TField>(label, message);
        return ReadResult.Ok;
    }

    /// <summary>Receives a nonce and checks that it shows the work. To be called before anything is drawn that the work is to protect.</summary>
    /// <param name="label">The label.</param>
    /// <param name="bits">1 to 40, as the prover's.</param>
    /// <returns>Ok, Truncated or InsufficientWork; after a failure, that failure.</returns>
    /// <exception cref="ArgumentException">The label or the bits are out of range.</exception>
    public ReadResult TryReceiveWork(ReadOnlySpan<byte> label, int bits)
    {
        GrindingPuzzle<THash>.CheckBits(bits);
        if (!TryTake(sizeof(ulong), out ReadOnlySpan<byte> bytes)) return _failure;
        ulong nonce = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        _chain.StartGrinding(label, bits);
        if (!_chain.Puzzle(bits).IsSolvedBy(nonce)) return _failure = ReadResult.InsufficientWork;
        _chain.FinishGrinding(nonce);
        return ReadResult.Ok;
    }

    /// <summary>To be asked after the last message: whether every message was read and no byte is left over.</summary>
    /// <returns>Ok, TrailingBytes, or the first failure.</returns>
    public ReadResult Finish()
    {
        if (_failure != ReadResult.None) return _failure;
        return _offset == _proof.Length ? ReadResult.Ok : ReadResult.TrailingBytes;
    }

    /// <summary>The first failure, or None.</summary>
    internal ReadResult Failure => _failure;

    /// <summary>Receives bytes that no challenge depends on, without a copy: only after the last challenge.</summary>
    /// <returns>False if the proof has not as many; after a failure, false.</returns>
    internal bool TryReceiveUnbound(long length, out ReadOnlySpan<byte> message) => TryTake(length, out message);

    /// <summary>Makes a fault in bytes already received the failure, if it is the first.</summary>
    /// <returns>The first failure.</returns>
    internal ReadResult Refuse(ReadResult failure) => _failure == ReadResult.None ? _failure = failure : _failure;

    /// <inheritdoc/>
    public void Absorb(ReadOnlySpan<byte> label, ReadOnlySpan<byte> data) => _chain.Absorb(label, data);

    /// <inheritdoc/>
    public void Absorb<TField>(ReadOnlySpan<byte> label, ReadOnlySpan<TField> elements) where TField : struct, IField<TField> => _chain.Absorb(label, elements);

    /// <inheritdoc/>
    public void Challenge(ReadOnlySpan<byte> label, Span<byte> challenge) => _chain.Challenge(label, challenge);

    /// <inheritdoc/>
    public void Challenge<TField>(ReadOnlySpan<byte> label, Span<TField> challenges) where TField : struct, IField<TField> => _chain.Challenge(label, challenges);

    /// <inheritdoc/>
    public void ChallengeIndices(ReadOnlySpan<byte> label, int bound, Span<int> indices) => _chain.ChallengeIndices(label, bound, indices);

    /// <summary>Frees the hash state.</summary>
    public void Dispose() => _chain.Dispose();

    private bool TryTake(long length, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (_failure != ReadResult.None) return false;
        if (length > _proof.Length - _offset)
        {
            _failure = ReadResult.Truncated;
            return false;
        }
        bytes = _proof.Span.Slice(_offset, (int)length);
        _offset += (int)length;
        return true;
    }
}
