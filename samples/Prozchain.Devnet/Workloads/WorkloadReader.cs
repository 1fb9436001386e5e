using System.Buffers;
using System.IO.Pipelines;

namespace Prozchain.Devnet.Workloads;

/// <summary>Streams a workload file line by line in bounded memory; a file of any size takes the same road.</summary>
internal sealed class WorkloadReader : IAsyncDisposable
{
    private readonly PipeReader _pipe;
    private readonly Action<MalformedLine> _onMalformed;
    private long _number;

    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    public WorkloadReader(string path, Action<MalformedLine> onMalformed)
    {
        var options = new FileStreamOptions { Access = FileAccess.Read, Mode = FileMode.Open, Share = FileShare.Read, Options = FileOptions.SequentialScan | FileOptions.Asynchronous };
        _pipe = PipeReader.Create(new FileStream(path, options));
        _onMalformed = onMalformed;
    }

    /// <summary>The next transfer, or null at the end of the file. Malformed lines are reported and passed over.</summary>
    public async ValueTask<WorkloadLine?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await _pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            if (TryTakeLine(ref buffer, read.IsCompleted, out WorkloadLine? line))
            {
                _pipe.AdvanceTo(buffer.Start);
                if (line is not null) return line;
                continue;
            }
            if (read.IsCompleted)
            {
                _pipe.AdvanceTo(buffer.End);
                return null;
            }
            if (buffer.Length > WorkloadParser.MaxLineBytes + 1)
            {
                await SkipOverlongLineAsync(buffer, cancellationToken).ConfigureAwait(false);
                continue;
            }
            _pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    public ValueTask DisposeAsync() => _pipe.CompleteAsync();

    private bool TryTakeLine(ref ReadOnlySequence<byte> buffer, bool isLast, out WorkloadLine? line)
    {
        line = null;
        ReadOnlySequence<byte> content;
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            content = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
        }
        else if (isLast && !buffer.IsEmpty)
        {
            content = buffer;
            buffer = buffer.Slice(buffer.End);
        }
        else
        {
            return false;
        }
        _number++;
        // One more than a line may have: the carriage return.
        if (content.Length > WorkloadParser.MaxLineBytes + 1)
        {
            _onMalformed(new MalformedLine(_number, $"expected at most {WorkloadParser.MaxLineBytes} bytes, got {content.Length}"));
            return true;
        }
        Span<byte> bytes = stackalloc byte[(int)content.Length];
        content.CopyTo(bytes);
        bytes = bytes.TrimEnd((byte)'\r').TrimEnd((byte)' ');
        if (_number == 1 && bytes.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
        if (WorkloadParser.IsSkipped(bytes)) return true;
        if (WorkloadParser.TryParse(_number, bytes, out WorkloadLine parsed) is { } reason) _onMalformed(new MalformedLine(_number, reason));
        else line = parsed;
        return true;
    }

    private async ValueTask SkipOverlongLineAsync(ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
    {
        _number++;
        long length = 0;
        while (true)
        {
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                length += buffer.Slice(0, end).Length;
                _pipe.AdvanceTo(buffer.GetPosition(1, end));
                break;
            }
            length += buffer.Length;
            _pipe.AdvanceTo(buffer.End);
            ReadResult read = await _pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            buffer = read.Buffer;
            if (!read.IsCompleted || !buffer.IsEmpty) continue;
            _pipe.AdvanceTo(buffer.End);
            break;
        }
        _onMalformed(new MalformedLine(_number, $"expected at most {WorkloadParser.MaxLineBytes} bytes, got {length}"));
    }
}
