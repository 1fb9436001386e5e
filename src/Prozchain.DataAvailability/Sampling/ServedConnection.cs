using System.Buffers;
using System.IO.Pipelines;
using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Wire;
using Prozchain.Shared;
using PipeRead = System.IO.Pipelines.ReadResult;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>The server's side of one connection: reads a request, works it off, answers, reads the next.</summary>
internal sealed class ServedConnection : IDisposable
{
    private const int FlushSize = 1 << 16, TokenSize = 1 << 16;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly SampleServerLimits _limits;
    private readonly IShareSource _shares;
    private readonly IHeaderSource _headers;
    private readonly TokenBucket _total, _own;
    private readonly StallTimer _reading, _writing;
    private readonly ArrayBufferWriter<byte> _answer = new();
    private readonly byte[] _root = new byte[Bytes32.Size], _body;
    private readonly CellCoordinate[] _cells;
    private readonly Func<FrameKind, int> _limit;
    private bool _isGreeted;
    private long _sent, _unflushed;

    public ServedConnection(
        IDuplexPipe connection, SampleServerLimits limits, IShareSource shares, IHeaderSource headers, TokenBucket total, TimeProvider time)
    {
        (_input, _output, _limits, _shares, _headers, _total) = (connection.Input, connection.Output, limits, shares, headers, total);
        _own = new TokenBucket(limits.TokensPerSecond, limits.TokenBurst, time);
        _reading = new StallTimer(limits.StallTimeout, time, _input.CancelPendingRead);
        _writing = new StallTimer(limits.StallTimeout, time, _output.CancelPendingFlush);
        _cells = new CellCoordinate[limits.SharesPerRequest];
        _body = new byte[Math.Max(SampleFrames.MaxClientHello, SampleFrames.MaxSharesBody(limits.SharesPerRequest))];
        _limit = kind => (kind, _isGreeted) switch
        {
            (FrameKind.Hello, false) => SampleFrames.MaxClientHello,
            (FrameKind.GetHeader, true) => sizeof(uint) + Bytes32.Size,
            (FrameKind.GetShares, true) => _body.Length,
            _ => -1,
        };
    }

    public void Dispose()
    {
        _reading.Dispose();
        _writing.Dispose();
    }

    public async Task<ConnectionEnd> RefuseAsync(ConnectionFault fault, CancellationToken cancellationToken)
    {
        try
        {
            SampleFrames.WriteGoodbye(_output, fault);
            await FlushAsync(cancellationToken).ConfigureAwait(false);
            return new ConnectionEnd(fault);
        }
        catch (OperationCanceledException)
        {
            return new ConnectionEnd(ConnectionFault.None);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return new ConnectionEnd(ConnectionFault.Broken);
        }
    }

    public async Task<ConnectionEnd> RunAsync(IReadOnlyList<ReadOnlyMemory<byte>> announced, CancellationToken cancellationToken)
    {
        ConnectionFault fault;
        try
        {
            SampleFrames.WriteServerHello(_output, _limits.SharesPerRequest, announced);
            fault = await FlushAsync(cancellationToken).ConfigureAwait(false) ?? await ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new ConnectionEnd(ConnectionFault.None);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return new ConnectionEnd(ConnectionFault.Broken);
        }
        // A client that does not take its answers cannot be told anything either.
        if (fault is ConnectionFault.None or ConnectionFault.Broken || _writing.HasFired) return new ConnectionEnd(fault);
        ConnectionEnd end = await RefuseAsync(fault, cancellationToken).ConfigureAwait(false);
        return end.Fault == ConnectionFault.Broken ? new ConnectionEnd(fault) : end;
    }

    private async ValueTask<ConnectionFault> ReadAsync(CancellationToken cancellationToken)
    {
        _reading.Start();
        while (true)
        {
            PipeRead read = await _input.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (read.IsCanceled && _reading.HasFired) return ConnectionFault.Stalled;
            ReadOnlySequence<byte> buffer = read.Buffer;
            while (true)
            {
                FrameResult result = SampleFrames.TryTake(ref buffer, _limit, out FrameKind kind, out ReadOnlySequence<byte> body);
                if (result == FrameResult.TooLong) return ConnectionFault.TooLong;
                if (result == FrameResult.Malformed) return ConnectionFault.Malformed;
                if (result == FrameResult.Incomplete) break;
                _reading.Stop();
                if (await HandleAsync(kind, body, cancellationToken).ConfigureAwait(false) is { } fault) return fault;
                _reading.Start();
            }
            if (read.IsCompleted) return buffer.IsEmpty ? ConnectionFault.None : ConnectionFault.Malformed;
            _input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private ValueTask<ConnectionFault?> HandleAsync(FrameKind kind, ReadOnlySequence<byte> sequence, CancellationToken cancellationToken)
    {
        sequence.CopyTo(_body);
        ReadOnlySpan<byte> body = _body.AsSpan(0, (int)sequence.Length);
        switch (kind)
        {
            case FrameKind.Hello:
                ReadResult hello = SampleFrames.ReadClientHello(body);
                _isGreeted = hello == ReadResult.Ok;
                return new(hello switch
                {
                    ReadResult.Ok => null,
                    ReadResult.UnknownVersion => ConnectionFault.UnknownVersion,
                    _ => ConnectionFault.Malformed,
                });
            case FrameKind.GetHeader when SampleFrames.ReadGetHeader(body, out uint id, _root) == ReadResult.Ok:
                return ServeHeaderAsync(id, cancellationToken);
            case FrameKind.GetShares when SampleFrames.ReadGetShares(body, out uint firstId, _root, _cells, out int count) == ReadResult.Ok:
                return ServeSharesAsync(firstId, count, cancellationToken);
            default:
                return new(ConnectionFault.Malformed);
        }
    }

    private async ValueTask<ConnectionFault?> ServeHeaderAsync(uint id, CancellationToken cancellationToken)
    {
        var status = AnswerStatus.Busy;
        if (TryTakeToken())
        {
            _answer.ResetWrittenCount();
            status = OnWire(await _headers.FetchHeaderAsync(_root, _answer, cancellationToken).ConfigureAwait(false));
            if (status == AnswerStatus.Served) Charge(_answer.WrittenCount / 1024d);
        }
        Write(FrameKind.Header, id, status);
        return await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<ConnectionFault?> ServeSharesAsync(uint firstId, int count, CancellationToken cancellationToken)
    {
        for (int i = 0; i < count; i++)
        {
            var status = AnswerStatus.Busy;
            if (TryTakeToken())
            {
                _answer.ResetWrittenCount();
                var request = new ShareRequest(_root, _cells[i].Row, _cells[i].Column);
                status = OnWire(await _shares.FetchAsync(request, _answer, cancellationToken).ConfigureAwait(false));
                if (status == AnswerStatus.Served) Charge(_answer.WrittenCount / TokenSize);
            }
            Write(FrameKind.Share, unchecked(firstId + (uint)i), status);
            if (_unflushed >= FlushSize && await FlushAsync(cancellationToken).ConfigureAwait(false) is { } fault) return fault;
        }
        return await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private bool TryTakeToken() => _own.TryTake() && _total.TryTake();

    private void Charge(double tokens)
    {
        _own.Charge(tokens);
        _total.Charge(tokens);
    }

    private void Write(FrameKind kind, uint id, AnswerStatus status)
    {
        ReadOnlySpan<byte> bytes = status == AnswerStatus.Served ? _answer.WrittenSpan : default;
        SampleFrames.WriteAnswer(_output, kind, id, status, bytes);
        int size = SampleFrames.PrefixSize + SampleFrames.AnswerPrefixSize + bytes.Length;
        _sent += size;
        _unflushed += size;
    }

    private async ValueTask<ConnectionFault?> FlushAsync(CancellationToken cancellationToken)
    {
        _unflushed = 0;
        ValueTask<FlushResult> flushing = _output.FlushAsync(cancellationToken);
        if (!flushing.IsCompleted) _writing.Start();
        FlushResult flushed = await flushing.ConfigureAwait(false);
        _writing.Stop();
        if (flushed.IsCanceled && _writing.HasFired) return ConnectionFault.Stalled;
        if (flushed.IsCompleted) return ConnectionFault.None;
        return _sent > _limits.BytesPerConnection ? ConnectionFault.Spent : null;
    }

    private static AnswerStatus OnWire(ShareStatus status) => status switch
    {
        ShareStatus.Served => AnswerStatus.Served,
        ShareStatus.Missing => AnswerStatus.Missing,
        _ => AnswerStatus.Busy,
    };
}
