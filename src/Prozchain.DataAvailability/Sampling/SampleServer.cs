using System.IO.Pipelines;
using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Wire;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>
/// Serves headers and shares to untrusted clients over any duplex byte stream: docs/formats/da-sample-protocol.md. The host accepts
/// connections and hands them in. Safe for concurrent use.
/// </summary>
public sealed class SampleServer
{
    private readonly IShareSource _shares;
    private readonly IHeaderSource _headers;
    private readonly TimeProvider _time;
    private readonly TokenBucket _total;
    private int _connections;

    /// <summary>Serves what two sources have.</summary>
    /// <param name="shares">Trusted, and as fast as the rate limits assume.</param>
    /// <param name="headers">Trusted.</param>
    /// <param name="limits">What clients get; the defaults if null.</param>
    /// <param name="time">Measures rates and waits; the system's if null.</param>
    /// <exception cref="ArgumentException">A limit is out of its range.</exception>
    public SampleServer(IShareSource shares, IHeaderSource headers, SampleServerLimits? limits = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(shares);
        ArgumentNullException.ThrowIfNull(headers);
        Limits = limits ?? new SampleServerLimits();
        Limits.Check();
        (_shares, _headers, _time) = (shares, headers, time ?? TimeProvider.System);
        _total = new TokenBucket(Limits.TotalTokensPerSecond, Limits.TotalTokenBurst, _time);
    }

    /// <summary>What clients get.</summary>
    public SampleServerLimits Limits { get; }

    /// <summary>Data roots that a client is told of when it connects, newest first, 32 bytes each, at most 64; none unless set. Read at each connection.</summary>
    /// <exception cref="ArgumentException">Too many roots, or one of another length.</exception>
    public IReadOnlyList<ReadOnlyMemory<byte>> Announced
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            ReadOnlyMemory<byte>[] roots = [.. value.Select(root => root.ToArray())];
            if (roots.Length > SampleFrames.MaxAnnounced) throw new ArgumentException($"Expected at most {SampleFrames.MaxAnnounced} roots, got {roots.Length}.", nameof(value));
            foreach (ReadOnlyMemory<byte> root in roots)
                if (root.Length != Bytes32.Size) throw new ArgumentException($"Expected roots of {Bytes32.Size} bytes, got {root.Length}.", nameof(value));
            field = roots;
        }
    } = [];

    /// <summary>Connections now served.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Serves one client until it goes, breaks a rule or the token is cancelled; then completes both directions.</summary>
    /// <param name="connection">The stream; over a socket <see cref="PipeReader"/> and <see cref="PipeWriter"/> over its <see cref="Stream"/>.</param>
    /// <param name="cancellationToken">Ends the connection; not an error.</param>
    public async Task<ConnectionEnd> ServeAsync(IDuplexPipe connection, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        bool isFull = Interlocked.Increment(ref _connections) > Limits.Connections;
        using var served = new ServedConnection(connection, Limits, _shares, _headers, _total, _time);
        try
        {
            return isFull
                ? await served.RefuseAsync(ConnectionFault.Full, cancellationToken).ConfigureAwait(false)
                : await served.RunAsync(Announced, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
            await connection.Input.CompleteAsync().ConfigureAwait(false);
            await connection.Output.CompleteAsync().ConfigureAwait(false);
        }
    }
}
