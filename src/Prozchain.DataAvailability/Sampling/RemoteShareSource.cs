using System.Buffers;
using System.IO.Pipelines;
using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Wire;
using Prozchain.Shared;
using PipeRead = System.IO.Pipelines.ReadResult;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>
/// Headers and shares from an untrusted <see cref="SampleServer"/> over any duplex byte stream:
/// docs/formats/da-sample-protocol.md. Requests are sent as they come, those made together in one frame, and answered in
/// any order. A server that breaks the protocol, sends too much or stalls is dropped, with the reason in
/// <see cref="Completion"/>; from then on every request fails. Safe for concurrent use.
/// </summary>
public sealed class RemoteShareSource : IShareSource, IHeaderSource, IAsyncDisposable
{
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly RemoteShareLimits _limits;
    private readonly RequestBook _book;
    private readonly TimeProvider _time;
    private readonly StallTimer _stall;
    private readonly Func<FrameKind, int> _limit;
    private readonly SemaphoreSlim _work = new(0);
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource<IReadOnlyList<ReadOnlyMemory<byte>>> _announced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _sharesPerRequest;

    /// <summary>Greets the server and starts to listen. The server's greeting is waited for where it is needed.</summary>
    /// <param name="connection">The stream, which this type completes at its end.</param>
    /// <param name="limits">What is taken from the server; the defaults if null.</param>
    /// <param name="time">Measures waits; the system's if null.</param>
    /// <exception cref="ArgumentException">A limit is out of its range.</exception>
    public RemoteShareSource(IDuplexPipe connection, RemoteShareLimits? limits = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _limits = limits ?? new RemoteShareLimits();
        _limits.Check();
        (_input, _output, _book) = (connection.Input, connection.Output, new RequestBook(_limits.Outstanding));
        _time = time ?? TimeProvider.System;
        _stall = new StallTimer(_limits.StallTimeout, _time, _input.CancelPendingRead, () => _sharesPerRequest == 0 || _book.IsBusy);
        _limit = kind => kind switch
        {
            FrameKind.Hello when _sharesPerRequest == 0 => SampleFrames.MaxServerHello,
            FrameKind.Goodbye => 1,
            FrameKind.Share when _sharesPerRequest > 0 => SampleFrames.AnswerPrefixSize + _limits.MaxShareSize,
            FrameKind.Header when _sharesPerRequest > 0 => SampleFrames.AnswerPrefixSize + _limits.MaxHeaderSize,
            _ => -1,
        };
        _stall.Start();
        Completion = RunAsync();
    }

    /// <summary>Completes, never faulted, when the connection has ended.</summary>
    public Task<ConnectionEnd> Completion { get; }

    /// <summary>Data roots that the server said it has, newest first; empty if the connection ends before it says so.</summary>
    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> Announced => _announced.Task;

    /// <inheritdoc/>
    public ValueTask<ShareStatus> FetchAsync(ShareRequest request, IBufferWriter<byte> share, CancellationToken cancellationToken) =>
        AskAsync(FrameKind.Share, request.DataRoot, new CellCoordinate(request.Row, request.Column), share, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ShareStatus> FetchHeaderAsync(ReadOnlyMemory<byte> dataRoot, IBufferWriter<byte> header, CancellationToken cancellationToken) =>
        AskAsync(FrameKind.Header, dataRoot, default, header, cancellationToken);

    /// <summary>Ends the connection; requests that wait fail.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(false);
    }

    private async ValueTask<ShareStatus> AskAsync(
        FrameKind answer, ReadOnlyMemory<byte> dataRoot, CellCoordinate cell, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (dataRoot.Length != Bytes32.Size) throw new ArgumentException($"Expected a root of 32 bytes, got {dataRoot.Length}.", nameof(dataRoot));
        if (cell.Row is < 0 or > SampleFrames.MaxCoordinate || cell.Column is < 0 or > SampleFrames.MaxCoordinate) return ShareStatus.Missing;
        cancellationToken.ThrowIfCancellationRequested();
        var request = new RemoteRequest(answer, new Bytes32(dataRoot.Span), cell, output);
        // Only the first of those that wait starts the clock: going on asking gives the server no more time.
        if (!_book.IsBusy) _stall.Start();
        if (!_book.TryAdd(request)) return ShareStatus.Busy;
        _work.Release();
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister((_, token) => _book.GiveUp(request, token), null);
        return await request.Done.ConfigureAwait(false);
    }

    private async Task<ConnectionEnd> RunAsync()
    {
        Task<ConnectionEnd> reading = ReadAsync(), sending = SendAsync();
        ConnectionEnd end = await (await Task.WhenAny(reading, sending).ConfigureAwait(false)).ConfigureAwait(false);
        if (!reading.IsCompleted && !_closing.IsCancellationRequested)
        {
            // The server takes no more requests; it may have said why, and answers may be on their way.
            try
            {
                ConnectionEnd read = await reading.WaitAsync(_limits.StallTimeout, _time, _closing.Token).ConfigureAwait(false);
                if (read.Fault != ConnectionFault.None) end = read;
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException)
            {
                // What the sender found stands.
            }
        }
        await _closing.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(reading, sending).ConfigureAwait(false);
        _book.Close();
        _announced.TrySetResult([]);
        _stall.Dispose();
        await _input.CompleteAsync().ConfigureAwait(false);
        await _output.CompleteAsync().ConfigureAwait(false);
        return end;
    }

    private async Task<ConnectionEnd> SendAsync()
    {
        try
        {
            SampleFrames.WriteClientHello(_output);
            await _output.FlushAsync(_closing.Token).ConfigureAwait(false);
            await Announced.WaitAsync(_closing.Token).ConfigureAwait(false);
            var batch = new RemoteRequest[_sharesPerRequest];
            var cells = new CellCoordinate[_sharesPerRequest];
            while (true)
            {
                await _work.WaitAsync(_closing.Token).ConfigureAwait(false);
                if (!WriteBatch(batch, cells)) continue;
                while (WriteBatch(batch, cells)) { }
                FlushResult flushed = await _output.FlushAsync(_closing.Token).ConfigureAwait(false);
                if (flushed.IsCompleted) return new ConnectionEnd(ConnectionFault.None);
            }
        }
        catch (OperationCanceledException)
        {
            return new ConnectionEnd(ConnectionFault.None);
        }
        catch (Exception)
        {
            // A transport throws what it likes, and no request may wait for ever because of it.
            return new ConnectionEnd(ConnectionFault.Broken);
        }
    }

    private bool WriteBatch(RemoteRequest[] batch, CellCoordinate[] cells)
    {
        int count = _book.TakeBatch(batch, out uint firstId);
        if (count == 0) return false;
        Bytes32 root = batch[0].DataRoot;
        for (int i = 0; i < count; i++) cells[i] = batch[i].Cell;
        if (batch[0].Answer == FrameKind.Header) SampleFrames.WriteGetHeader(_output, firstId, root.Span);
        else SampleFrames.WriteGetShares(_output, firstId, root.Span, cells.AsSpan(0, count));
        Array.Clear(batch, 0, count);
        return true;
    }

    private async Task<ConnectionEnd> ReadAsync()
    {
        try
        {
            while (true)
            {
                PipeRead read = await _input.ReadAsync(_closing.Token).ConfigureAwait(false);
                if (read.IsCanceled && _stall.HasFired) return new ConnectionEnd(ConnectionFault.Stalled);
                ReadOnlySequence<byte> buffer = read.Buffer;
                while (true)
                {
                    FrameResult result = SampleFrames.TryTake(ref buffer, _limit, out FrameKind kind, out ReadOnlySequence<byte> body);
                    if (result == FrameResult.TooLong) return new ConnectionEnd(ConnectionFault.TooLong);
                    if (result == FrameResult.Malformed) return new ConnectionEnd(ConnectionFault.Malformed);
                    if (result == FrameResult.Incomplete) break;
                    _stall.Start();
                    if (Handle(kind, body) is { } end) return end;
                }
                if (read.IsCompleted) return new ConnectionEnd(buffer.IsEmpty ? ConnectionFault.None : ConnectionFault.Malformed);
                _input.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        catch (OperationCanceledException)
        {
            return new ConnectionEnd(ConnectionFault.None);
        }
        catch (Exception)
        {
            // A transport throws what it likes, and no request may wait for ever because of it.
            return new ConnectionEnd(ConnectionFault.Broken);
        }
    }

    private ConnectionEnd? Handle(FrameKind kind, ReadOnlySequence<byte> body)
    {
        if (kind == FrameKind.Hello) return Greet(body.ToArray());
        if (kind == FrameKind.Goodbye)
        {
            byte reason = body.IsEmpty ? byte.MaxValue : body.FirstSpan[0];
            return reason <= (byte)ConnectionFault.Broken
                ? new ConnectionEnd((ConnectionFault)reason, IsNamedByPeer: true) : new ConnectionEnd(ConnectionFault.Malformed);
        }
        if (SampleFrames.ReadAnswer(body, out uint id, out AnswerStatus status) != ReadResult.Ok) return new ConnectionEnd(ConnectionFault.Malformed);
        if (!_book.TryTake(kind, id, out RemoteRequest? request)) return new ConnectionEnd(ConnectionFault.Unrequested);
        ShareStatus result = status switch
        {
            AnswerStatus.Served => ShareStatus.Served,
            AnswerStatus.Missing => ShareStatus.Missing,
            _ => ShareStatus.Busy,
        };
        request.Finish(result, body.Slice(SampleFrames.AnswerPrefixSize));
        return null;
    }

    private ConnectionEnd? Greet(byte[] body)
    {
        ReadResult result = SampleFrames.ReadServerHello(body, out int sharesPerRequest, out byte[][] roots);
        if (result != ReadResult.Ok) return new ConnectionEnd(result == ReadResult.UnknownVersion ? ConnectionFault.UnknownVersion : ConnectionFault.Malformed);
        _sharesPerRequest = sharesPerRequest;
        _announced.TrySetResult([.. roots.Select(root => new ReadOnlyMemory<byte>(root))]);
        return null;
    }
}
