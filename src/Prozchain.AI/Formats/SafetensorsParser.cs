using System.Buffers.Binary;
using System.Text.Json;

namespace Prozchain.AI.Formats;

/// <summary>
/// Reads a safetensors header from the first bytes of a file as they pass by: feed the file in any pieces, then complete.
/// Holds one JSON token at most, beside what the header declares; never allocates by a declared size.
/// </summary>
internal sealed class SafetensorsParser(bool keepMetadata)
{
    private const int PrefixBytes = 8, FirstBuffer = 16 * 1024;

    private readonly SafetensorsTokens _tokens = new(keepMetadata);
    private readonly byte[] _prefix = new byte[PrefixBytes];
    private byte[] _window = [];
    private JsonReaderState _json = new(new JsonReaderOptions { MaxDepth = 64 });
    private SafetensorsStatus _status;
    private long _fed;
    private int _held, _headerLength;
    private bool _ended;

    /// <summary>
    /// Bytes of the file consumed up to the last token read, or up to the fault; once it is complete and its tensors do not cover the
    /// data, where they first do not.
    /// </summary>
    public long Position { get; private set; }

    /// <summary>True once further bytes cannot change what the header says: it is complete, or refused.</summary>
    public bool IsDone => _status != SafetensorsStatus.Ok || _ended;

    /// <summary>Bytes that a file with this header has, whether it has them or not; null before the header is complete, when it is refused, or when no file is as long.</summary>
    public long? DeclaredLength
    {
        get
        {
            if (_status != SafetensorsStatus.Ok || !_ended) return null;
            long header = PrefixBytes + (long)_headerLength, data = _tokens.Tensors.Select(t => t.Offset + t.Length).DefaultIfEmpty().Max();
            return data > long.MaxValue - header ? null : header + data;
        }
    }

    /// <summary>The next bytes of the file. What lies behind the header is ignored.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !IsDone)
        {
            int taken = _fed < PrefixBytes ? FeedPrefix(bytes) : FeedHeader(bytes);
            _fed += taken;
            bytes = bytes[taken..];
            if (_fed >= PrefixBytes && _status == SafetensorsStatus.Ok) Advance();
        }
    }

    /// <summary>Checks the header against the length of the file, in bytes. The header is null unless the status is Ok.</summary>
    public SafetensorsStatus Complete(long fileLength, out SafetensorsHeader? header)
    {
        header = null;
        if (_status != SafetensorsStatus.Ok) return _status;
        if (_fed < PrefixBytes) return SafetensorsStatus.TooShort;
        if (!_ended) return SafetensorsStatus.HeaderTruncated;
        long dataOffset = PrefixBytes + (long)_headerLength;
        _status = SafetensorsLayout.Arrange(_tokens.Tensors, dataOffset, fileLength, out long at);
        if (_status == SafetensorsStatus.Ok) header = new SafetensorsHeader(_tokens.Tensors, _tokens.Metadata, dataOffset, fileLength);
        else Position = at;
        return _status;
    }

    private int FeedPrefix(ReadOnlySpan<byte> bytes)
    {
        int taken = Math.Min(bytes.Length, PrefixBytes - (int)_fed);
        bytes[..taken].CopyTo(_prefix.AsSpan((int)_fed));
        if (_fed + taken < PrefixBytes) return taken;
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(_prefix);
        Position = PrefixBytes;
        if (length > SafetensorsLimits.MaxHeaderBytes) _status = SafetensorsStatus.HeaderTooLarge;
        else _headerLength = (int)length;
        return taken;
    }

    private int FeedHeader(ReadOnlySpan<byte> bytes)
    {
        if (_held == _window.Length && !TryGrow()) return bytes.Length;
        int taken = (int)Math.Min(Math.Min(bytes.Length, _window.Length - _held), HeaderRemaining);
        bytes[..taken].CopyTo(_window.AsSpan(_held));
        _held += taken;
        return taken;
    }

    private long HeaderRemaining => PrefixBytes + (long)_headerLength - _fed;

    private bool TryGrow()
    {
        int size = _window.Length == 0 ? FirstBuffer : _window.Length * 2;
        if (size > SafetensorsLimits.MaxTokenBytes)
        {
            _status = SafetensorsStatus.LimitExceeded;
            return false;
        }
        Array.Resize(ref _window, size);
        return true;
    }

    private void Advance()
    {
        bool final = HeaderRemaining == 0;
        // A token still open when the window is full makes it grow; until then there is no point in looking again.
        if (!final && _held < _window.Length) return;
        var reader = new Utf8JsonReader(_window.AsSpan(0, _held), final, _json);
        long start = Position;
        try
        {
            while (_status == SafetensorsStatus.Ok && reader.Read()) _status = _tokens.Accept(ref reader);
            if (final && _status == SafetensorsStatus.Ok && !_tokens.IsComplete) _status = SafetensorsStatus.InvalidJson;
        }
        catch (JsonException)
        {
            _status = SafetensorsStatus.InvalidJson;
        }
        Position = start + reader.BytesConsumed;
        _json = reader.CurrentState;
        int left = _held - (int)reader.BytesConsumed;
        _window.AsSpan((int)reader.BytesConsumed, left).CopyTo(_window);
        _held = left;
        _ended = final;
        if (IsDone) _window = [];
    }
}
