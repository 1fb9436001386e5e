namespace Prozchain.Sharding.Simulation;

/// <summary>One timer a node, moved at will: a binary heap that knows where each node's entry lies, so that nothing stale stays in it.</summary>
internal sealed class TimerQueue
{
    private Due[] _due = new Due[16];
    private int[] _heap = new int[16];
    private int[] _place = new int[16];
    private int _count;

    public Due First => _count == 0 ? Due.Never : _due[_heap[0]];

    public int FirstNode => _heap[0];

    /// <summary>Makes room for one more node, without a timer.</summary>
    public void Add(int node)
    {
        if (node == _due.Length)
        {
            Array.Resize(ref _due, 2 * node);
            Array.Resize(ref _heap, 2 * node);
            Array.Resize(ref _place, 2 * node);
        }
        _place[node] = -1;
    }

    public void Set(int node, Due due)
    {
        _due[node] = due;
        if (_place[node] < 0) _place[node] = _count++;
        Rise(_place[node], node);
        Sink(_place[node], node);
    }

    public void Clear(int node)
    {
        int place = _place[node];
        if (place < 0) return;
        _place[node] = -1;
        int last = _heap[--_count];
        if (last == node) return;
        Rise(place, last);
        Sink(_place[last], last);
    }

    private void Rise(int at, int node)
    {
        while (at > 0 && _due[node].IsBefore(_due[_heap[(at - 1) / 2]]))
        {
            Put(at, _heap[(at - 1) / 2]);
            at = (at - 1) / 2;
        }
        Put(at, node);
    }

    private void Sink(int at, int node)
    {
        for (int child = 2 * at + 1; child < _count; child = 2 * at + 1)
        {
            if (child + 1 < _count && _due[_heap[child + 1]].IsBefore(_due[_heap[child]])) child++;
            if (!_due[_heap[child]].IsBefore(_due[node])) break;
            Put(at, _heap[child]);
            at = child;
        }
        Put(at, node);
    }

    private void Put(int at, int node)
    {
        _heap[at] = node;
        _place[node] = at;
    }
}
