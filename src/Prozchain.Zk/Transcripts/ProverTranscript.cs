using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;

namespace Prozchain.Zk.Transcripts;

/// <summary>
/// The prover's side: each message is absorbed and appended to the proof in one step, so that nothing is sent that the
/// challenges do not depend on. The bytes are specified in docs/formats/zk-transcript.md.
/// </summary>
/// <typeparam name="THash">The hash function.</typeparam>
public sealed class ProverTranscript<THash> : ITranscript, IDisposable where THash : struct, IDigest<THash>
{
    private readonly HashChain<THash> _chain;
    private readonly IBufferWriter<byte> _proof;

    /// <summary>A transcript at its start.</summary>
    /// <param name="protocol">The protocol, the same as the verifier's.</param>
    /// <param name="proof">Where messages go.</param>
    /// <exception cref="ArgumentException">The protocol is a default value.</exception>
    public ProverTranscript(ProtocolId protocol, IBufferWriter<byte> proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        _chain = new HashChain<THash>(protocol);
        _proof = proof;
    }

    /// <summary>Sends bytes, of a length that the verifier knows from the statement.</summary>
    /// <exception cref="ArgumentException">The label is empty or longer than 255 bytes.</exception>
    public void Send(ReadOnlySpan<byte> label, ReadOnlySpan<byte> message)
    {
        _chain.Absorb(label, message);
        _proof.Write(message);
    }

    /// <summary>Sends field elements, of a number that the verifier knows from the statement.</summary>
    /// <exception cref="ArgumentException">The label is empty or longer than 255 bytes.</exception>
    public void Send<TField>(ReadOnlySpan<byte> label, ReadOnlySpan<TField> message) where TField : struct, IField<TField>
    {
        _chain.Absorb(label, message);
        foreach (TField element in message)
        {
            element.Write(_proof.GetSpan(TField.EncodedSize));
            _proof.Advance(TField.EncodedSize);
        }
    }

    /// <summary>
    /// Grinds: finds the least nonce whose hash with the transcript so far starts with that many zero bits, and sends it.
    /// Whoever wants other challenges than those that follow pays as much again.
    /// </summary>
    /// <param name="label">The label.</param>
    /// <param name="bits">1 to 40; 2^bits hashes are to be expected.</param>
    /// <param name="maxDegreeOfParallelism">Threads to search with. The nonce does not depend on it.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="ArgumentException">The label, the bits or the threads are out of range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the transcript is of no more use.</exception>
    public void Grind(ReadOnlySpan<byte> label, int bits, int maxDegreeOfParallelism = 1, CancellationToken cancellationToken = default)
    {
        GrindingPuzzle<THash>.CheckBits(bits);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxDegreeOfParallelism, 1);
        _chain.StartGrinding(label, bits);
        SendNonce(_chain.Puzzle(bits).Solve(maxDegreeOfParallelism, cancellationToken));
    }

    /// <summary>The same, where a backend searches.</summary>
    internal void Grind(ReadOnlySpan<byte> label, int bits, IGrinder grinder)
    {
        GrindingPuzzle<THash>.CheckBits(bits);
        _chain.StartGrinding(label, bits);
        SendNonce(grinder.Solve(_chain.Puzzle(bits)));
    }

    /// <summary>Sends bytes that no challenge depends on: only after the last challenge, where what was bound before decides what they may be.</summary>
    internal void SendUnbound(ReadOnlySpan<byte> message) => _proof.Write(message);

    /// <summary>The same, an opening.</summary>
    internal void SendUnbound<TField>(BatchOpening<TField> opening) where TField : unmanaged, IField<TField> => opening.Write(_proof);

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

    private void SendNonce(ulong nonce)
    {
        _chain.FinishGrinding(nonce);
        BinaryPrimitives.WriteUInt64LittleEndian(_proof.GetSpan(sizeof(ulong)), nonce);
        _proof.Advance(sizeof(ulong));
    }
}
