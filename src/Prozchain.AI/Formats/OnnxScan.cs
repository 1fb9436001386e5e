namespace Prozchain.AI.Formats;

/// <summary>
/// Walks the outer messages of an ONNX file through a window of 64 KiB: model, graph, initialisers. Elements are passed over,
/// nodes and the rest are noted as parts for whoever wants them. Holds nothing that grows with the elements.
/// </summary>
internal sealed class OnnxScan(ByteSource source, long length)
{
    private const int Window = 64 * 1024;

    private readonly byte[] _window = new byte[Window];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private long _windowAt;
    private int _held;
    private ProtoField _field;

    public OnnxStatus Status { get; private set; }

    /// <summary>Where the walk is, or where it found the fault.</summary>
    public long Position { get; private set; }

    public List<OnnxInitializer> Initializers { get; } = [];

    public List<OnnxPart> Parts { get; } = [];

    /// <summary>First byte of the field's payload; only fields of bytes have one.</summary>
    private long PayloadEnd => Position + (_field.Wire == ProtoField.Bytes ? (long)_field.Value : 0);

    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        bool graph = false;
        while (await NextAsync(length, cancellationToken).ConfigureAwait(false))
        {
            long end = PayloadEnd;
            if (_field.Number == 7)
            {
                if (graph || _field.Wire != ProtoField.Bytes) Fail(graph ? OnnxStatus.DuplicateField : OnnxStatus.UnexpectedValue);
                else await GraphAsync(end, cancellationToken).ConfigureAwait(false);
                graph = true;
            }
            else Note(false);
            if (Status == OnnxStatus.Ok) Position = end;
        }
        if (Status == OnnxStatus.Ok && !graph) Fail(OnnxStatus.MissingGraph);
    }

    private async ValueTask GraphAsync(long graphEnd, CancellationToken cancellationToken)
    {
        while (await NextAsync(graphEnd, cancellationToken).ConfigureAwait(false))
        {
            long end = PayloadEnd;
            if (_field.Number == 5 && _field.Wire == ProtoField.Bytes) await InitializerAsync(end, cancellationToken).ConfigureAwait(false);
            else Note(true);
            if (Status == OnnxStatus.Ok) Position = end;
        }
    }

    private async ValueTask InitializerAsync(long tensorEnd, CancellationToken cancellationToken)
    {
        var tensor = new OnnxTensorHead();
        long start = Position;
        while (await NextAsync(tensorEnd, cancellationToken).ConfigureAwait(false))
        {
            long end = PayloadEnd, at = Position;
            byte[] payload = [];
            if (_field.Wire == ProtoField.Bytes && OnnxTensorHead.Wants(_field.Number))
            {
                if (_field.Value > OnnxLimits.MaxEntryBytes) Fail(OnnxStatus.LimitExceeded);
                else payload = await PayloadAsync((int)_field.Value, cancellationToken).ConfigureAwait(false);
            }
            if (Status == OnnxStatus.Ok && tensor.Accept(_field, payload, at) is not OnnxStatus.Ok and var status) Fail(status);
            if (Status == OnnxStatus.Ok) Position = end;
        }
        if (Status != OnnxStatus.Ok) return;
        if (Initializers.Count == OnnxLimits.MaxInitializers) Fail(OnnxStatus.LimitExceeded);
        else if (tensor.TryMake(start, tensorEnd - start, out OnnxInitializer? made) is not OnnxStatus.Ok and var fault) FailAt(fault, start);
        else if (made!.Name.Length == 0) FailAt(OnnxStatus.MissingName, start);
        else if (!_names.Add(made.Name)) FailAt(OnnxStatus.DuplicateName, start);
        else Initializers.Add(made);
    }

    // Numbers matter to nobody but the model, which reads them from the parts: so a part holds the head's number as its offset.
    private void Note(bool inGraph)
    {
        if (Parts.Count == OnnxLimits.MaxParts) Fail(OnnxStatus.LimitExceeded);
        else if (_field.Wire == ProtoField.Bytes) Parts.Add(new OnnxPart(inGraph, _field.Number, Position, (long)_field.Value));
        else if (_field.Wire == ProtoField.Varint) Parts.Add(new OnnxPart(inGraph, _field.Number, (long)_field.Value, -1));
    }

    private async ValueTask<bool> NextAsync(long end, CancellationToken cancellationToken)
    {
        if (Status != OnnxStatus.Ok || Position == end) return false;
        int head = (int)Math.Min(ProtoField.MaxHead, end - Position);
        if (!await HoldAsync(head, cancellationToken).ConfigureAwait(false)) return false;
        OnnxStatus status = ProtoField.TryRead(_window.AsSpan((int)(Position - _windowAt), head), out _field);
        if (status != OnnxStatus.Ok) return Fail(status);
        if (_field.Wire == ProtoField.Bytes && _field.Value > (ulong)(end - Position - _field.Head)) return Fail(OnnxStatus.InvalidLength);
        Position += _field.Head;
        return true;
    }

    private async ValueTask<byte[]> PayloadAsync(int count, CancellationToken cancellationToken) =>
        await HoldAsync(count, cancellationToken).ConfigureAwait(false) ? _window.AsSpan((int)(Position - _windowAt), count).ToArray() : [];

    /// <summary>Brings so many bytes from the position into the window.</summary>
    private async ValueTask<bool> HoldAsync(int count, CancellationToken cancellationToken)
    {
        if (Position >= _windowAt && Position + count <= _windowAt + _held) return true;
        _windowAt = Position;
        _held = await source.FillAsync(Position, _window.AsMemory(0, (int)Math.Min(Window, length - Position)), cancellationToken).ConfigureAwait(false);
        return _held >= count || Fail(OnnxStatus.Truncated);
    }

    private bool Fail(OnnxStatus status)
    {
        Status = status;
        return false;
    }

    private void FailAt(OnnxStatus status, long position)
    {
        Status = status;
        Position = position;
    }
}
