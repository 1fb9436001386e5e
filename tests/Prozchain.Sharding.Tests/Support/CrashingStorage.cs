using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Tests.Support;

/// <summary>
/// A log's storage that can lose power: each 64-byte sector of each write since the last flush, and each truncation,
/// survives, tears or is lost on its own, whatever the order in which they were made. Where only a new length survives,
/// what was once cut off may show again. Seeded.
/// </summary>
internal sealed class CrashingStorage(int seed) : ILogStorage
{
    private const int SectorSize = 64;

    private readonly Random _random = new(seed);
    private readonly List<(long Offset, byte[]? Data)> _unsynced = [];
    private byte[] _durable = [];
    private byte[] _current = [];
    private byte[] _cutOff = [];

    public long Length => _current.Length;

    public int Flushes { get; private set; }

    /// <summary>After this many more operations, every operation fails as the power is gone; negative for never.</summary>
    public int OperationsLeft { get; set; } = -1;

    public void Read(long offset, Span<byte> destination) => _current.AsSpan((int)offset, destination.Length).CopyTo(destination);

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        Spend();
        _unsynced.Add((offset, source.ToArray()));
        Put(ref _current, offset, source);
    }

    public void Truncate(long length)
    {
        Spend();
        _unsynced.Add((length, null));
        Put(ref _cutOff, length, _current.AsSpan((int)length));
        Array.Resize(ref _current, (int)length);
    }

    public void Flush()
    {
        Spend();
        Flushes++;
        _durable = [.. _current];
        _unsynced.Clear();
    }

    /// <summary>The power goes and comes back.</summary>
    public void Crash()
    {
        OperationsLeft = -1;
        byte[] survived = [.. _durable];
        foreach ((long offset, byte[]? data) in _unsynced)
        {
            if (data is null)
            {
                if (_random.Next(2) == 0 && offset < survived.Length) Array.Resize(ref survived, (int)offset);
                continue;
            }
            int mood = _random.Next(4);
            for (int at = 0; at < data.Length;)
            {
                int length = Math.Min(SectorSize - (int)((offset + at) % SectorSize), data.Length - at);
                // Moods: the whole write survives, none of it, or each sector by chance, whole or torn.
                bool survives = mood == 0 || mood != 1 && _random.Next(3) > 0;
                int kept = mood > 1 && _random.Next(4) == 0 ? _random.Next(length) : length;
                if (survives) Put(ref survived, offset + at, data.AsSpan(at, kept));
                at += length;
            }
        }
        // A file's length may be on the medium before its contents: the gap reads as zeros, or as what was there before.
        int end = survived.Length;
        if (_random.Next(4) == 0 && _current.Length > end) Array.Resize(ref survived, _current.Length);
        if (_random.Next(2) == 0 && _cutOff.Length > end) Put(ref survived, end, _cutOff.AsSpan(end));
        _unsynced.Clear();
        _durable = survived;
        _current = [.. survived];
    }

    /// <summary>Damages a byte, on the medium or on its way there.</summary>
    public void Rot(long offset)
    {
        _current[offset] ^= 0x10;
        if (offset < _durable.Length) _durable[offset] ^= 0x10;
    }

    private void Spend()
    {
        if (OperationsLeft == 0) throw new IOException("The power is gone.");
        if (OperationsLeft > 0) OperationsLeft--;
    }

    private static void Put(ref byte[] bytes, long offset, ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty) return;
        if (offset + source.Length > bytes.Length) Array.Resize(ref bytes, (int)offset + source.Length);
        source.CopyTo(bytes.AsSpan((int)offset));
    }
}
