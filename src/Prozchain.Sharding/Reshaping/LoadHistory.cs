using System.Buffers.Binary;
using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.Reshaping;

/// <summary>
/// The load of one shard as its sealed blocks told it: the last 48 of them, and the highest of this epoch and of the one
/// before. Of fixed size; taking a block allocates nothing. The same blocks give the same history everywhere.
/// </summary>
public sealed class LoadHistory
{
    /// <summary>Sealed blocks that the window holds.</summary>
    public const int Window = 48;

    private const int LoadBytes = 3 * sizeof(ulong);

    private readonly ShardLoad[] _window = new ShardLoad[Window];
    private long _count;
    private ShardLoad _peak, _peakBefore;
    private int _inEpoch, _inEpochBefore;

    /// <summary>Blocks in the window, 0 to 48.</summary>
    public int Count => (int)Math.Min(_count, Window);

    /// <summary>Height of the last block taken.</summary>
    public ulong Height { get; private set; }

    /// <summary>Epoch of the last block taken.</summary>
    public ulong Epoch { get; private set; }

    /// <summary>The load that a block told.</summary>
    /// <param name="age">0 for the last block, below <see cref="Count"/>.</param>
    public ShardLoad this[int age]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(age);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(age, Count);
            return _window[(int)((_count - 1 - age) % Window)];
        }
    }

    /// <summary>Event: a block was sealed.</summary>
    /// <param name="height">Its height, above that of the last one.</param>
    /// <param name="epoch">Its epoch, not below that of the last one.</param>
    /// <param name="load">What it says.</param>
    /// <exception cref="ArgumentException">Height or epoch goes back.</exception>
    public void Add(ulong height, ulong epoch, in ShardLoad load)
    {
        if (_count > 0 && height <= Height) throw new ArgumentException($"Expected a height above {Height}, got {height}.", nameof(height));
        if (_count > 0 && epoch < Epoch) throw new ArgumentException($"Expected epoch {Epoch} or later, got {epoch}.", nameof(epoch));
        if (_count > 0 && epoch != Epoch)
        {
            bool isNext = epoch == Epoch + 1;
            (_peakBefore, _inEpochBefore) = isNext ? (_peak, _inEpoch) : (default, 0);
            (_peak, _inEpoch) = (default, 0);
        }
        _window[(int)(_count++ % Window)] = load;
        _peak = ShardLoad.Max(_peak, load);
        _inEpoch = Math.Min(_inEpoch + 1, Window);
        (Height, Epoch) = (height, epoch);
    }

    /// <summary>The highest figures, each on its own, of an epoch and of what has come of the next.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="peak">No figure of any block since the start of the epoch was higher.</param>
    /// <returns>False unless the epoch had at least 48 blocks, and was the last but one or the last that had any.</returns>
    public bool TryGetPeakSince(ulong epoch, out ShardLoad peak)
    {
        peak = ShardLoad.Max(_peak, _peakBefore);
        if (_count > 0 && epoch == Epoch) { peak = _peak; return _inEpoch == Window; }
        if (_count > 0 && epoch != ulong.MaxValue && epoch + 1 == Epoch) return _inEpochBefore == Window;
        peak = default;
        return false;
    }

    /// <summary>A digest of all that decisions are made from, docs/formats/sharding-reshape.md.</summary>
    public Digest Hash()
    {
        Span<byte> bytes = stackalloc byte[2 * sizeof(ulong) + 3 * sizeof(byte) + (Window + 2) * LoadBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Height);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], Epoch);
        (bytes[16], bytes[17], bytes[18]) = ((byte)Count, (byte)_inEpoch, (byte)_inEpochBefore);
        Span<byte> at = bytes[19..];
        Write(_peak, ref at);
        Write(_peakBefore, ref at);
        for (int age = 0; age < Count; age++) Write(this[age], ref at);
        return new Digest(Domains.LoadHistory.Hash(bytes[..^at.Length]));

        static void Write(in ShardLoad load, ref Span<byte> at)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(at, load.Bytes);
            BinaryPrimitives.WriteUInt64LittleEndian(at[8..], load.Gas);
            BinaryPrimitives.WriteUInt64LittleEndian(at[16..], load.Queued);
            at = at[LoadBytes..];
        }
    }
}
