using System.Buffers;
using System.Net.Http.Headers;

namespace Prozchain.Rollups.Ports;

/// <summary>The default <see cref="IJsonRpcTransport"/>: one POST a request. Thread-safe; the client stays the caller's.</summary>
/// <param name="http">Sends the requests; its own time-out must not be shorter than <paramref name="timeout"/>.</param>
/// <param name="endpoint">An http or https address.</param>
/// <param name="time">Measures the time-out.</param>
/// <param name="timeout">How long an answer may take; 10 s if not given.</param>
/// <param name="maxAnswerBytes">Longest answer that is read; 16 MiB if not given.</param>
public sealed class HttpJsonRpcTransport(HttpClient http, Uri endpoint, TimeProvider time, TimeSpan? timeout = null, int maxAnswerBytes = 1 << 24) : IJsonRpcTransport
{
    private static readonly MediaTypeHeaderValue s_json = new("application/json");
    private readonly TimeSpan _timeout = timeout ?? TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public async ValueTask<TransportAnswer> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(_timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new ReadOnlyMemoryContent(request) };
            message.Content.Headers.ContentType = s_json;
            using HttpResponseMessage response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, linked.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode) return new TransportAnswer(TransportFault.Refused, default);
            if (response.Content.Headers.ContentLength > maxAnswerBytes) return new TransportAnswer(TransportFault.TooLarge, default);
            Stream body = await response.Content.ReadAsStreamAsync(linked.Token).ConfigureAwait(false);
            await using (body.ConfigureAwait(false)) return await ReadAsync(body, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new TransportAnswer(TransportFault.TimedOut, default);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new TransportAnswer(TransportFault.Unreachable, default);
        }
    }

    private async ValueTask<TransportAnswer> ReadAsync(Stream body, CancellationToken cancellation)
    {
        var read = new ArrayBufferWriter<byte>(4096);
        while (true)
        {
            int count = await body.ReadAsync(read.GetMemory(4096), cancellation).ConfigureAwait(false);
            if (count == 0) return new TransportAnswer(TransportFault.None, read.WrittenMemory);
            read.Advance(count);
            if (read.WrittenCount > maxAnswerBytes) return new TransportAnswer(TransportFault.TooLarge, default);
        }
    }
}
