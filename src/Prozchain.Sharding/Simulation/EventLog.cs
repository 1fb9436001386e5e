using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Prozchain.Shared;

namespace Prozchain.Sharding.Simulation;

/// <summary>
/// What happened: a BLAKE3 over all of it and the last few in words. Events are gathered before they are hashed, so that
/// whole subtrees go through the lanes.
/// </summary>
internal sealed class EventLog(int traceLength)
{
    private const int HeaderSize = 21, HeadSize = 16;

    private readonly byte[] _buffer = new byte[32 * 1024];
    private readonly (SimulatedEvent Event, UInt128 Head)[] _trace = new (SimulatedEvent, UInt128)[traceLength];
    private Blake3Hasher _hasher = new();
    private int _length;
    private long _count;

    public Digest Hash
    {
        get
        {
            Blake3Hasher hasher = _hasher;
            hasher.Update(_buffer.AsSpan(0, _length));
            Span<byte> digest = stackalloc byte[Digest.Size];
            hasher.Finish(digest);
            return new Digest(digest);
        }
    }

    public void Add(in SimulatedEvent happened, ReadOnlySpan<byte> bytes)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        BinaryPrimitives.WriteInt64LittleEndian(header, happened.Microseconds);
        header[8] = (byte)happened.Kind;
        BinaryPrimitives.WriteInt32LittleEndian(header[9..], happened.From.Value);
        BinaryPrimitives.WriteInt32LittleEndian(header[13..], happened.To.Value);
        BinaryPrimitives.WriteInt32LittleEndian(header[17..], happened.Length);
        Append(header);
        Append(bytes);
        if (_trace.Length == 0) return;
        Span<byte> head = stackalloc byte[HeadSize];
        bytes[..Math.Min(HeadSize, bytes.Length)].CopyTo(head);
        _trace[_count++ % _trace.Length] = (happened, BinaryPrimitives.ReadUInt128BigEndian(head));
    }

    /// <summary>The last events, a line each, the oldest first.</summary>
    public string Trace()
    {
        var text = new StringBuilder();
        for (long i = Math.Max(0, _count - _trace.Length); i < _count; i++)
        {
            (SimulatedEvent at, UInt128 head) = _trace[i % _trace.Length];
            text.Append(CultureInfo.InvariantCulture, $"#{at.Step} {at.Microseconds / 1000}.{at.Microseconds % 1000:D3} ms {at.Kind}");
            if (at.Kind is SimulatedEventKind.FaultBegan or SimulatedEventKind.FaultHealed) text.Append(CultureInfo.InvariantCulture, $" no. {at.From}");
            else if (at.Kind is SimulatedEventKind.Received or SimulatedEventKind.Lost) text.Append(CultureInfo.InvariantCulture, $" {at.From} > {at.To}");
            else if (at.To.Value >= 0) text.Append(CultureInfo.InvariantCulture, $" {at.To}");
            if (at.Length > 0) text.Append(CultureInfo.InvariantCulture, $", {at.Length} bytes");
            int shown = at.Kind == SimulatedEventKind.Persisted ? 0 : Math.Min(HeadSize, at.Length);
            if (shown > 0) text.Append(": ").Append(head.ToString("x32", CultureInfo.InvariantCulture).AsSpan(0, 2 * shown));
            text.Append('\n');
        }
        return text.ToString();
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > _buffer.Length - _length)
        {
            int room = _buffer.Length - _length;
            bytes[..room].CopyTo(_buffer.AsSpan(_length));
            _hasher.Update(_buffer);
            _length = 0;
            bytes = bytes[room..];
        }
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }
}
