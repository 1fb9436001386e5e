using System.Threading.Tasks.Sources;
using Prozchain.AI.Ports;

namespace Prozchain.AI.Tests.Allocation;

/// <summary>
/// A store in memory that allocates nothing once it is warm: each key has its room. It answers at once, or from a thread of the
/// pool; and it can be told to take puts without keeping them, or to have lost everything.
/// </summary>
internal sealed class FrugalPieceStore(int pieceSize, bool answersLater) : IPieceStore
{
    private readonly Dictionary<PieceKey, (byte[] Bytes, int Length)> _pieces = [];
    private readonly Stack<Answer> _answers = new();

    public bool Forgets { get; set; }

    public bool IsLost { get; set; }

    public ValueTask PutAsync(PieceKey key, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        if (!Forgets)
        {
            lock (_pieces)
            {
                byte[] bytes = _pieces.TryGetValue(key, out (byte[] Bytes, int) old) ? old.Bytes : new byte[pieceSize];
                piece.CopyTo(bytes);
                _pieces[key] = (bytes, piece.Length);
            }
        }
        return answersLater ? new ValueTask(Later(null), 0) : ValueTask.CompletedTask;
    }

    public ValueTask<long?> GetAsync(PieceKey key, Memory<byte> destination, CancellationToken cancellationToken)
    {
        long? length = null;
        lock (_pieces)
        {
            if (!IsLost && _pieces.TryGetValue(key, out (byte[] Bytes, int Length) piece) && piece.Length >= 0)
            {
                piece.Bytes.AsSpan(0, Math.Min(piece.Length, destination.Length)).CopyTo(destination.Span);
                length = piece.Length;
            }
        }
        return answersLater ? new ValueTask<long?>(Later(length), 0) : ValueTask.FromResult(length);
    }

    public ValueTask<bool> DeleteAsync(PieceKey key, CancellationToken cancellationToken)
    {
        lock (_pieces)
        {
            bool had = _pieces.TryGetValue(key, out (byte[] Bytes, int Length) piece) && piece.Length >= 0;
            if (had) _pieces[key] = (piece.Bytes, -1);
            return ValueTask.FromResult(had);
        }
    }

    public ValueTask<bool> ExistsAsync(PieceKey key, CancellationToken cancellationToken)
    {
        lock (_pieces) return ValueTask.FromResult(_pieces.TryGetValue(key, out (byte[] Bytes, int Length) piece) && piece.Length >= 0);
    }

    private Answer Later(long? length)
    {
        Answer? answer;
        lock (_answers)
            if (!_answers.TryPop(out answer)) answer = new Answer(this);
        answer.Begin(length);
        return answer;
    }

    private sealed class Answer(FrugalPieceStore owner) : IThreadPoolWorkItem, IValueTaskSource, IValueTaskSource<long?>
    {
        private ManualResetValueTaskSourceCore<long?> _core;
        private long? _length;

        public void Begin(long? length)
        {
            _length = length;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        public void Execute() => _core.SetResult(_length);

        public long? GetResult(short token)
        {
            long? length = _core.GetResult(_core.Version);
            _core.Reset();
            lock (owner._answers) owner._answers.Push(this);
            return length;
        }

        void IValueTaskSource.GetResult(short token) => GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(_core.Version);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, _core.Version, flags);
    }
}
