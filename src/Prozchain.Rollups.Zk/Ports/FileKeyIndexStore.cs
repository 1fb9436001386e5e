using System.Buffers.Binary;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Shared;

namespace Prozchain.Rollups.Zk.Ports;

/// <summary>
/// The default <see cref="IKeyIndexStore"/>: a file of two copies, on pages of their own, each with a sum. They are written one
/// after the other, each to the disk before the next, and the larger of those that are whole counts: neither a write that was
/// cut short nor a copy that goes bad later brings an index back (docs/formats/rollups-zk-signature.md). Not thread-safe.
/// </summary>
public sealed class FileKeyIndexStore : IKeyIndexStore, IDisposable
{
    internal const int Page = 4096, CopySize = 1 + HashSignature.KeySize + sizeof(uint) + SumSize;

    private const byte Version = 0;
    private const int SumSize = 8, NextAt = 1 + HashSignature.KeySize, SumAt = NextAt + sizeof(uint);

    private readonly FileStream _file;
    private readonly byte[] _copy = new byte[CopySize];

    private FileKeyIndexStore(FileStream file, ReadOnlySpan<byte> publicKey)
    {
        _file = file;
        _copy[0] = Version;
        publicKey.CopyTo(_copy.AsSpan(1));
    }

    /// <inheritdoc/>
    public uint Next { get; private set; }

    /// <summary>Makes the file of a new key, none of whose signatures is around: either the whole file or none.</summary>
    /// <param name="publicKey">33 bytes, scheme byte first.</param>
    /// <exception cref="ArgumentException">Not a key of scheme 3.</exception>
    /// <exception cref="IOException">The file is there already, or cannot be made.</exception>
    public static FileKeyIndexStore Create(string path, ReadOnlySpan<byte> publicKey)
    {
        Require(publicKey);
        string beside = path + ".new";
        using (var store = new FileKeyIndexStore(new FileStream(beside, FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 0), publicKey))
            store.Advance(0);
        File.Move(beside, path, overwrite: false);
        return Open(path, publicKey);
    }

    /// <summary>Opens the file of a key, for this process alone.</summary>
    /// <param name="publicKey">33 bytes, scheme byte first.</param>
    /// <exception cref="ArgumentException">Not a key of scheme 3.</exception>
    /// <exception cref="IOException">The file is not there, or another process has it open.</exception>
    /// <exception cref="InvalidDataException">The file is of another key, or neither copy is whole: which keys are used is not known, and the account must rotate by other means.</exception>
    public static FileKeyIndexStore Open(string path, ReadOnlySpan<byte> publicKey)
    {
        Require(publicKey);
        var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        var store = new FileKeyIndexStore(file, publicKey);
        try
        {
            bool first = store.TryRead(0, out uint low), second = store.TryRead(Page, out uint high);
            if (!first && !second) throw new InvalidDataException($"Expected a store of this key, got {file.Length} bytes without a whole copy of its index.");
            store.Next = Math.Max(low, high);
            // What a crash left behind is mended, so that the next fault finds two copies again.
            if (!first || !second || low != high) store.Advance(store.Next);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Advance(uint next)
    {
        if (next < Next) throw new ArgumentException($"Expected an index from {Next} on, got {next}.", nameof(next));
        BinaryPrimitives.WriteUInt32LittleEndian(_copy.AsSpan(NextAt), next);
        Sum(_copy, _copy.AsSpan(SumAt));
        foreach (int at in (ReadOnlySpan<int>)[0, Page])
        {
            _file.Position = at;
            _file.Write(_copy);
            _file.Flush(flushToDisk: true);
        }
        Next = next;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private bool TryRead(int at, out uint next)
    {
        Span<byte> copy = stackalloc byte[CopySize], sum = stackalloc byte[SumSize];
        next = 0;
        _file.Position = at;
        if (_file.ReadAtLeast(copy, CopySize, throwOnEndOfStream: false) != CopySize || !copy[..NextAt].SequenceEqual(_copy.AsSpan(0, NextAt))) return false;
        Sum(copy, sum);
        if (!copy[SumAt..].SequenceEqual(sum)) return false;
        next = BinaryPrimitives.ReadUInt32LittleEndian(copy[NextAt..]);
        return true;
    }

    private static void Require(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != HashSignature.KeySize || publicKey[0] != HashSignature.Scheme)
            throw new ArgumentException($"Expected a key of {HashSignature.KeySize} bytes and scheme {HashSignature.Scheme}, got {publicKey.Length} bytes.", nameof(publicKey));
    }

    private static void Sum(ReadOnlySpan<byte> copy, Span<byte> sum)
    {
        Span<byte> digest = stackalloc byte[Blake3.DigestSize];
        Blake3.Hash(copy[..SumAt], digest);
        digest[..SumSize].CopyTo(sum);
    }
}
