using System.Diagnostics.CodeAnalysis;
using Prozchain.DataAvailability.Wire;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>
/// The requests of one connection: waiting to be sent, or sent and not answered. Given up ones keep their place until
/// the answer comes, so that their number is bounded and an answer to nothing is recognised. Safe for concurrent use.
/// </summary>
internal sealed class RequestBook(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Queue<RemoteRequest> _waiting = [];
    private readonly Dictionary<uint, RemoteRequest> _sent = [];
    private uint _nextId;
    private bool _isClosed;

    /// <summary>True while an answer is due or a request is to be sent.</summary>
    public bool IsBusy
    {
        get { lock (_lock) return _waiting.Count + _sent.Count > 0; }
    }

    /// <summary>Takes a request in; false if the book is full. One that comes after the end fails at once.</summary>
    public bool TryAdd(RemoteRequest request)
    {
        lock (_lock)
        {
            if (_isClosed) { request.Finish(Ports.ShareStatus.Failed); return true; }
            if (_waiting.Count + _sent.Count >= capacity) return false;
            _waiting.Enqueue(request);
            return true;
        }
    }

    public void GiveUp(RemoteRequest request, CancellationToken cancellationToken)
    {
        lock (_lock) request.GiveUp(cancellationToken);
    }

    /// <summary>
    /// Takes what can go into one frame: a header request, or share requests of one root. They count as sent, with
    /// identifiers from <paramref name="firstId"/> on.
    /// </summary>
    public int TakeBatch(Span<RemoteRequest> batch, out uint firstId)
    {
        lock (_lock)
        {
            firstId = _nextId;
            int count = 0;
            while (count < batch.Length && _waiting.TryPeek(out RemoteRequest? next))
            {
                if (!next.IsGivenUp)
                {
                    if (count > 0 && (next.Answer != batch[0].Answer || next.Answer == FrameKind.Header || !next.DataRoot.Equals(batch[0].DataRoot))) break;
                    batch[count++] = next;
                    _sent.Add(_nextId++, next);
                }
                _waiting.Dequeue();
            }
            return count;
        }
    }

    /// <summary>Takes the request that an answer belongs to; false if there is none of that kind.</summary>
    public bool TryTake(FrameKind answer, uint id, [NotNullWhen(true)] out RemoteRequest? request)
    {
        lock (_lock)
        {
            if (!_sent.TryGetValue(id, out request) || request.Answer != answer) return false;
            request.MarkAnswered();
            return _sent.Remove(id);
        }
    }

    /// <summary>Fails all requests, and all that come later.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (RemoteRequest request in _waiting) request.Finish(Ports.ShareStatus.Failed);
            foreach (RemoteRequest request in _sent.Values) request.Finish(Ports.ShareStatus.Failed);
            _waiting.Clear();
            _sent.Clear();
        }
    }
}
