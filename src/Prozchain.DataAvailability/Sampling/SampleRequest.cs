using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Prozchain.DataAvailability.Ports;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>A sample in flight: which sources were asked, and the last answer. Used again for the next sample.</summary>
internal sealed class SampleRequest(ChannelWriter<SampleRequest> answers, int sources)
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(50);
    private readonly bool[] _asked = new bool[sources];
    private ArrayBufferWriter<byte> _answer = new();

    public CellCoordinate Coordinate { get; private set; }

    public int Source { get; private set; }

    public ShareStatus Status { get; private set; }

    public ExceptionDispatchInfo? Error { get; private set; }

    public ReadOnlySpan<byte> Answer => Status == ShareStatus.Served ? _answer.WrittenSpan : default;

    public void Begin(CellCoordinate coordinate)
    {
        Coordinate = coordinate;
        Array.Clear(_asked);
    }

    public bool WasAsked(int source) => _asked[source];

    public void MarkAsked(int source)
    {
        _asked[source] = true;
        Source = source;
    }

    /// <summary>Asks a source and reports to the channel when it is done; never throws.</summary>
    public async Task AskAsync(
        IShareSource source, ShareRequest share, bool waitsIfBusy, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        using var request = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            _answer.ResetWrittenCount();
            Status = await FetchAsync(timeout).ConfigureAwait(false);
            TimeSpan pause = s_firstPause;
            while (Status == ShareStatus.Busy && waitsIfBusy && time.GetElapsedTime(start) + pause < timeout)
            {
                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
                pause *= 2;
                TimeSpan left = timeout - time.GetElapsedTime(start);
                if (left <= TimeSpan.Zero) break;   // the pause was longer than it should be
                _answer.ResetWrittenCount();
                Status = await FetchAsync(left).ConfigureAwait(false);
            }
        }
        catch (TimeoutException)
        {
            // It may go on writing, so the buffer is its own from now on.
            _answer = new ArrayBufferWriter<byte>();
            Status = ShareStatus.TimedOut;
            await request.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            _answer = new ArrayBufferWriter<byte>();
            Status = ShareStatus.Failed;
        }
        catch (Exception e)
        {
            Error = ExceptionDispatchInfo.Capture(e);
        }
        answers.TryWrite(this);

        // Waits by its own clock, so that a source which ignores its token cannot hold the client up.
        ValueTask<ShareStatus> FetchAsync(TimeSpan wait)
        {
            ValueTask<ShareStatus> fetch = source.FetchAsync(share, _answer, request.Token);
            return fetch.IsCompletedSuccessfully ? fetch : new ValueTask<ShareStatus>(fetch.AsTask().WaitAsync(wait, time, cancellationToken));
        }
    }
}
