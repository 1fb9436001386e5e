using Prozchain.AI.Cache;

namespace Prozchain.AI.Tests.Cache;

/// <summary>The policy written down plainly: two lists, oldest first, and everything counted anew each time.</summary>
internal sealed class NaiveCache(long capacity)
{
    private sealed class Item
    {
        public required int Id;
        public required long Size;
        public int Frequency, Leases;
    }

    private readonly List<Item> _small = [], _main = [], _outside = [];
    private readonly List<(int Id, long Size)> _ghosts = [];
    private readonly HashSet<int> _pins = [];

    public int Evictions { get; private set; }

    public long Bytes => Sum(_small) + Sum(_main);

    public IEnumerable<int> Ids => _small.Concat(_main).Select(i => i.Id).Order();

    /// <summary>Asks for a value and says whether it was there. The lease is the caller's.</summary>
    public (bool Hit, object Lease) Get(int id, long size)
    {
        Item? item = _small.Concat(_main).FirstOrDefault(i => i.Id == id);
        bool hit = item is not null;
        if (item is null) Admit(item = new Item { Id = id, Size = size, Leases = 1 });
        else (item.Leases, item.Frequency) = (item.Leases + 1, Math.Min(3, item.Frequency + 1));
        return (hit, item);
    }

    public void Release(object lease)
    {
        var item = (Item)lease;
        if (--item.Leases == 0) _outside.Remove(item);
    }

    public void Pin(int id) => _pins.Add(id);

    public void Unpin(int id) => _pins.Remove(id);

    public bool Remove(int id)
    {
        List<Item> list = _small.Exists(i => i.Id == id) ? _small : _main;
        int at = list.FindIndex(i => i.Id == id);
        if (at < 0) return false;
        if (list[at].Leases > 0) _outside.Add(list[at]);
        list.RemoveAt(at);
        return true;
    }

    public long HeldBytes => Sum(_small.Concat(_main).Where(IsHeld));

    public long OutsideBytes => Sum(_outside);

    private void Admit(Item item)
    {
        if (item.Size > capacity - HeldBytes) { _outside.Add(item); return; }
        int ghost = _ghosts.FindIndex(g => g.Id == item.Id);
        if (ghost >= 0) _ghosts.RemoveAt(ghost);
        while (item.Size > capacity - Bytes)
        {
            if (Sum(_small) > capacity / 10 || _main.All(IsHeld)) FromSmall();
            else FromMain();
        }
        (ghost >= 0 ? _main : _small).Add(item);
    }

    private void FromSmall()
    {
        while (_small.Count > 0)
        {
            Item item = _small[0];
            _small.RemoveAt(0);
            if (!IsHeld(item) && item.Frequency < 2)
            {
                Evictions++;
                _ghosts.Add((item.Id, item.Size));
                while (_ghosts.Sum(g => g.Size) > capacity - capacity / 10 || _ghosts.Count > GhostQueue.MaxCount) _ghosts.RemoveAt(0);
                return;
            }
            item.Frequency = 0;
            _main.Add(item);
        }
    }

    private void FromMain()
    {
        while (true)
        {
            Item item = _main[0];
            _main.RemoveAt(0);
            if (!IsHeld(item) && item.Frequency == 0) { Evictions++; return; }
            if (!IsHeld(item)) item.Frequency--;
            _main.Add(item);
        }
    }

    private bool IsHeld(Item item) => item.Leases > 0 || _pins.Contains(item.Id);

    private static long Sum(IEnumerable<Item> items) => items.Sum(i => i.Size);
}
