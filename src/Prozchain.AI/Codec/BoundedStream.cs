namespace Prozchain.AI.Codec;

/// <summary>Takes what is written up to a bound and drops the rest, so that writing more is no error.</summary>
internal sealed class BoundedStream(Memory<byte> memory) : Stream
{
    private int _length;

    /// <summary>True once something was dropped.</summary>
    public bool Overflowed { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Overflowed |= buffer.Length > memory.Length - _length;
        if (Overflowed) return;
        buffer.CopyTo(memory.Span[_length..]);
        _length += buffer.Length;
    }

    public override void Flush()
    {
        // Nothing waits.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
