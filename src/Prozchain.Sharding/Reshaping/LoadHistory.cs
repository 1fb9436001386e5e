using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Reshaping;

/// <summary>
/// The load of one shard as its sealed blocks told it: the last 48 of them, and the highest of this epoch and of the one
/// before. Of fixed size; taking a block allocates nothing. The same blocks give the same history everywhere.
/// </summary>
public sealed class LoadHistory
{
    /// <summary>Sealed blocks that the window holds.</summary>
    public const int Window = 48;

    private const int MaxBytes = 20 + (Window + 2) * 24;

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

    /// <summary>A digest of all that decisions are made from: of the wire form without its version byte.</summary>
    public Digest Hash()
    {
        var output = new ArrayBufferWriter<byte>(MaxBytes);
        Write(output);
        return new Digest(Domains.LoadHistory.Hash(output.WrittenSpan[1..]));
    }

    /// <summary>Writes the wire form, docs/formats/sharding-reshape.md: what a node that joins needs to decide with the others.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteUInt64(Height);
        writer.WriteUInt64(Epoch);
        writer.WriteByte((byte)Count);
        writer.WriteByte((byte)_inEpoch);
        writer.WriteByte((byte)_inEpochBefore);
        _peak.Write(writer);
        _peakBefore.Write(writer);
        for (int age = 0; age < Count; age++) this[age].Write(writer);
    }

    /// <summary>Reads the wire form. Never throws. What it says is to be held against the hash of a trigger, or of the network's own history.</summary>
    /// <param name="source">Exactly one history.</param>
    /// <param name="history">The history, when the result is <see cref="ReadResult.Ok"/>.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out LoadHistory? history)
    {
        history = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadUInt64(out ulong height) || !reader.TryReadUInt64(out ulong epoch) || !reader.TryReadByte(out byte count)
            || !reader.TryReadByte(out byte inEpoch) || !reader.TryReadByte(out byte inEpochBefore)
            || !ShardLoad.TryRead(ref reader, out ShardLoad peak) || !ShardLoad.TryRead(ref reader, out ShardLoad peakBefore)) return ReadResult.Truncated;
        if (count > Window || inEpoch > Window || inEpochBefore > Window) return ReadResult.TooLarge;
        var read = new LoadHistory { _count = count, Height = height, Epoch = epoch, _peak = peak, _peakBefore = peakBefore, _inEpoch = inEpoch, _inEpochBefore = inEpochBefore };
        for (int i = count - 1; i >= 0; i--)
            if (!ShardLoad.TryRead(ref reader, out read._window[i])) return ReadResult.Truncated;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        if (!read.IsPossible()) return ReadResult.NotCanonical;
        history = read;
        return ReadResult.Ok;
    }

    private bool IsPossible()
    {
        if (_count == 0) return (Height | Epoch) == 0 && _inEpoch == 0 && _inEpochBefore == 0 && _peak == default && _peakBefore == default;
        if (_inEpoch == 0 || _count < Math.Min(Window, _inEpoch + _inEpochBefore) || (_inEpochBefore == 0 && _peakBefore != default)) return false;
        ShardLoad seen = default;
        for (int age = 0; age < Math.Min(_inEpoch, Count); age++) seen = ShardLoad.Max(seen, this[age]);
        return _inEpoch < Window ? seen == _peak : ShardLoad.Max(seen, _peak) == _peak;
    }
}
