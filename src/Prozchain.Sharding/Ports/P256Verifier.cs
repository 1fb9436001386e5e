using System.Collections.Concurrent;
using Prozchain.Shared;

namespace Prozchain.Sharding.Ports;

/// <summary>
/// Scheme 1: ECDSA over P-256 with SHA-256, by the base class library. Public key: byte 1, X, Y (big-endian, 32 bytes
/// each). Signature: byte 1, r, s (big-endian, 32 bytes each) with s at most half the order. Recently used keys are kept
/// imported, in a cache of bounded size per thread in use. Thread-safe.
/// </summary>
public sealed class P256Verifier : ISignatureVerifier, IDisposable
{
    private const int ChunkSize = 32;

    private readonly ConcurrentBag<P256KeyCache> _idle = [];

    /// <inheritdoc/>
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        P256KeyCache cache = Rent();
        bool valid = cache.Verify(publicKey, message, signature);
        _idle.Add(cache);
        return valid;
    }

    /// <inheritdoc/>
    public void VerifyMany(ReadOnlyMemory<SignedMessage> batch, Memory<bool> valid, int maxDegreeOfParallelism = 1)
    {
        if (valid.Length < batch.Length) throw new ArgumentException($"Expected room for {batch.Length} answers, got {valid.Length}.", nameof(valid));
        ArgumentOutOfRangeException.ThrowIfLessThan(maxDegreeOfParallelism, 1);
        int chunks = (batch.Length + ChunkSize - 1) / ChunkSize;
        if (maxDegreeOfParallelism == 1 || chunks <= 1)
        {
            VerifyRange(batch.Span, valid.Span);
            return;
        }
        Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = maxDegreeOfParallelism }, chunk =>
        {
            int start = chunk * ChunkSize, length = Math.Min(ChunkSize, batch.Length - start);
            VerifyRange(batch.Span.Slice(start, length), valid.Span.Slice(start, length));
        });
    }

    /// <summary>Releases the cached keys.</summary>
    public void Dispose()
    {
        while (_idle.TryTake(out P256KeyCache? cache)) cache.Dispose();
    }

    private void VerifyRange(ReadOnlySpan<SignedMessage> batch, Span<bool> valid)
    {
        P256KeyCache cache = Rent();
        for (int i = 0; i < batch.Length; i++)
            valid[i] = cache.Verify(batch[i].PublicKey.Span, batch[i].Message.Span, batch[i].Signature.Span);
        _idle.Add(cache);
    }

    private P256KeyCache Rent() => _idle.TryTake(out P256KeyCache? cache) ? cache : new P256KeyCache();
}
