using System.IO.Pipelines;

namespace Prozchain.DataAvailability.Tests.Sampling;

/// <summary>Two ends of a byte stream in memory. What one writes the other reads; continuations run where the bytes were written.</summary>
internal sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input => input;

    public PipeWriter Output => output;

    public static (Duplex Client, Duplex Server) Pair()
    {
        var options = new PipeOptions(readerScheduler: PipeScheduler.ThreadPool, writerScheduler: PipeScheduler.ThreadPool, useSynchronizationContext: false);
        Pipe up = new(options), down = new(options);
        return (new Duplex(down.Reader, up.Writer), new Duplex(up.Reader, down.Writer));
    }
}
