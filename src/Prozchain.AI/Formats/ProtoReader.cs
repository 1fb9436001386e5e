using System.Text;
using System.Text.Unicode;

namespace Prozchain.AI.Formats;

/// <summary>
/// Walks the fields of one protobuf message in memory: no recursion, no allocation by a declared length, the first fault ends
/// the walk. The caller opens inner messages as readers of their own.
/// </summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> message, long origin)
{
    private readonly ReadOnlySpan<byte> _message = message;
    private readonly long _origin = origin;
    private int _at, _payloadAt;
    private ProtoField _field;

    /// <summary>Ok, or the first fault.</summary>
    public OnnxStatus Status { get; private set; }

    /// <summary>Offset of the field read last, or of the fault.</summary>
    public long Position { get; private set; } = origin;

    public readonly ProtoField Field => _field;

    public readonly int Number => _field.Number;

    /// <summary>Bytes of a field of bytes.</summary>
    public ReadOnlySpan<byte> Payload { get; private set; }

    public readonly long PayloadOffset => _origin + _payloadAt;

    public readonly bool IsBytes => _field.Wire == ProtoField.Bytes;

    /// <summary>Goes to the next field; false at the end or at a fault.</summary>
    public bool Next()
    {
        if (Status != OnnxStatus.Ok || _at == _message.Length) return false;
        Position = _origin + _at;
        Status = ProtoField.TryRead(_message[_at..], out _field);
        if (Status != OnnxStatus.Ok) return false;
        _at += _field.Head;
        _payloadAt = _at;
        Payload = default;
        if (_field.Wire != ProtoField.Bytes) return true;
        if (_field.Value > (ulong)(_message.Length - _at)) return Fail(OnnxStatus.InvalidLength);
        Payload = _message.Slice(_at, (int)_field.Value);
        _at += Payload.Length;
        return true;
    }

    /// <summary>Ends the walk with a fault at the present field.</summary>
    public bool Fail(OnnxStatus status)
    {
        if (Status == OnnxStatus.Ok) Status = status;
        return false;
    }

    /// <summary>Ends the walk with the fault of an inner message.</summary>
    public bool Fail(OnnxStatus status, long position)
    {
        if (Status == OnnxStatus.Ok) (Status, Position) = (status, position);
        return false;
    }

    /// <summary>The value of a varint field; 0 and a fault when it is of another kind.</summary>
    public long Int64()
    {
        if (_field.Wire == ProtoField.Varint) return (long)_field.Value;
        Fail(OnnxStatus.UnexpectedValue);
        return 0;
    }

    /// <summary>The value of a 32-bit float.</summary>
    public float Single()
    {
        if (_field.Wire == ProtoField.Fixed32) return BitConverter.UInt32BitsToSingle((uint)_field.Value);
        Fail(OnnxStatus.UnexpectedValue);
        return 0;
    }

    /// <summary>An inner message; empty and a fault when the field is of another kind.</summary>
    public ReadOnlySpan<byte> Message()
    {
        if (!IsBytes) Fail(OnnxStatus.UnexpectedValue);
        return Payload;
    }

    /// <summary>A text of UTF-8.</summary>
    public string Text(int maxBytes = OnnxLimits.MaxNameBytes)
    {
        if (!IsBytes) Fail(OnnxStatus.UnexpectedValue);
        else if (Payload.Length > maxBytes) Fail(OnnxStatus.LimitExceeded);
        else if (!Utf8.IsValid(Payload)) Fail(OnnxStatus.InvalidText);
        else return Encoding.UTF8.GetString(Payload);
        return "";
    }

    /// <summary>Adds a repeated number, packed or not, to at most so many.</summary>
    public void AddInt64(List<long> values, int max)
    {
        if (!IsBytes)
        {
            if (values.Count == max) Fail(OnnxStatus.LimitExceeded);
            else values.Add(Int64());
            return;
        }
        for (ReadOnlySpan<byte> rest = Payload; !rest.IsEmpty;)
        {
            OnnxStatus status = ProtoField.TryVarint(rest, out ulong value, out int used);
            if (status == OnnxStatus.Ok && values.Count == max) status = OnnxStatus.LimitExceeded;
            if (status != OnnxStatus.Ok)
            {
                Fail(status, PayloadOffset + (Payload.Length - rest.Length));
                return;
            }
            values.Add((long)value);
            rest = rest[used..];
        }
    }
}
