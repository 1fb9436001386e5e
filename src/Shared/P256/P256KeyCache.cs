using System.Security.Cryptography;

namespace Prozchain.Shared;

/// <summary>
/// Verifies signatures and keeps the imported form of recently used public keys: importing costs twice as much as
/// verifying. Bounded: one slot per hash of a key, the newest wins. Not thread-safe; one per worker.
/// </summary>
internal sealed class P256KeyCache : IDisposable
{
    private readonly Slot[] _slots;

    /// <param name="capacity">Number of keys kept; a power of two.</param>
    public P256KeyCache(int capacity = 4096)
    {
        if (!System.Numerics.BitOperations.IsPow2(capacity)) throw new ArgumentException($"Expected a power of two, got {capacity}.", nameof(capacity));
        _slots = new Slot[capacity];
    }

    /// <summary>Untrusted input throughout: false for anything that is not a valid signature.</summary>
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (!P256Signature.IsWellFormed(signature) || publicKey.Length != P256Signature.PublicKeySize) return false;
        ref Slot slot = ref _slots[SlotIndex(publicKey)];
        if (slot.Key is null || !publicKey.SequenceEqual(slot.PublicKey))
        {
            if (P256Signature.TryImport(publicKey) is not { } key) return false;
            slot.Key?.Dispose();
            slot = new Slot { Key = key, PublicKey = publicKey.ToArray() };
        }
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(message, digest);
        return slot.Key.VerifyHash(digest, signature[1..]);
    }

    public void Dispose()
    {
        foreach (Slot slot in _slots) slot.Key?.Dispose();
        Array.Clear(_slots);
    }

    // Low bytes of X. An attacker who grinds keys onto one slot only loses the benefit for his own keys' slot.
    private int SlotIndex(ReadOnlySpan<byte> publicKey) => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(publicKey[29..]) & (_slots.Length - 1);

    private struct Slot
    {
        public ECDsa? Key;
        public byte[] PublicKey;
    }
}
