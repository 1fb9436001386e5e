using System.Collections.Concurrent;
using Prozchain.Shared;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Ports;

/// <summary>
/// Scheme 2: Ed25519 (RFC 8032). Public key: byte 2 and the 32 bytes of A. Signature: byte 2 and the 64 bytes of R and s.
/// Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// The rule, one for single signatures and batches: A and R are encoded as RFC 8032, section 5.1.3 demands (y below p, no
/// sign bit where x is 0), s is below the group's order, and [8][s]B = [8]R + [8][k]A, the equation with the cofactor.
/// Keys of small order are accepted where the equation holds. ZIP-215 also accepts other encodings of a point; verifiers
/// without the cofactor (OpenSSL, Go) refuse some signatures that only their maker can have made and that this rule
/// accepts. All agree on signatures that an honest signer made.
/// </para>
/// <para>
/// A batch is one sum of all equations with coefficients of 128 bits from SHA-512 of the whole batch, so that the answer
/// depends on the bytes alone; bad ones are named by bisection. Working memory of about 0.8 MB is kept for each thread in use.
/// </para>
/// </remarks>
public sealed class Ed25519Verifier : ISignatureVerifier
{
    // Fewer are cheaper one by one.
    private const int LeastBatch = 4;

    private readonly ConcurrentBag<Ed25519Batch> _idle = [];

    /// <inheritdoc/>
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Ed25519.Verify(WithoutScheme(publicKey), message, WithoutScheme(signature));

    /// <inheritdoc/>
    public void VerifyMany(ReadOnlyMemory<SignedMessage> batch, Memory<bool> valid, int maxDegreeOfParallelism = 1)
    {
        if (valid.Length < batch.Length) throw new ArgumentException($"Expected room for {batch.Length} answers, got {valid.Length}.", nameof(valid));
        ArgumentOutOfRangeException.ThrowIfLessThan(maxDegreeOfParallelism, 1);
        if (maxDegreeOfParallelism == 1 || batch.Length < 2 * LeastBatch)
        {
            for (int start = 0; start < batch.Length; start += Ed25519Batch.Capacity) VerifyChunk(batch, valid, start, Ed25519Batch.Capacity);
            return;
        }
        VerifyInParallel(batch, valid, maxDegreeOfParallelism);
    }

    private void VerifyInParallel(ReadOnlyMemory<SignedMessage> batch, Memory<bool> valid, int threads)
    {
        // Large chunks are cheaper a signature; each thread gets one at least.
        int size = Math.Clamp((batch.Length + threads - 1) / threads, LeastBatch, Ed25519Batch.Capacity), chunks = (batch.Length + size - 1) / size;
        Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = threads }, chunk => VerifyChunk(batch, valid, chunk * size, size));
    }

    private void VerifyChunk(ReadOnlyMemory<SignedMessage> batch, Memory<bool> valid, int start, int size)
    {
        ReadOnlySpan<SignedMessage> entries = batch.Span.Slice(start, Math.Min(size, batch.Length - start));
        Span<bool> answers = valid.Span.Slice(start, entries.Length);
        if (entries.Length < LeastBatch)
        {
            for (int i = 0; i < entries.Length; i++) answers[i] = Verify(entries[i].PublicKey.Span, entries[i].Message.Span, entries[i].Signature.Span);
            return;
        }
        if (!_idle.TryTake(out Ed25519Batch? worker)) worker = new Ed25519Batch();
        worker.Clear();
        foreach (ref readonly SignedMessage entry in entries)
            worker.Add(WithoutScheme(entry.PublicKey.Span), entry.Message.Span, WithoutScheme(entry.Signature.Span));
        worker.Verify(answers);
        _idle.Add(worker);
    }

    // Empty, which is no key and no signature, for another scheme.
    private static ReadOnlySpan<byte> WithoutScheme(ReadOnlySpan<byte> bytes) => bytes is [SignatureSchemes.Ed25519, ..] ? bytes[1..] : [];
}
