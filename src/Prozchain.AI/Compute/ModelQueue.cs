using System.Runtime.InteropServices;

namespace Prozchain.AI.Compute;

/// <summary>The requests of one model, those in a step among them, by their deadlines, and what is known of its speed.</summary>
internal sealed class ModelQueue(ModelDemand demand)
{
    private readonly List<QueuedRequest> _requests = [];
    private long _steps;

    public ModelDemand Demand => demand;

    public int Count => _requests.Count;

    /// <summary>Requests in batches that run.</summary>
    public int Running { get; set; }

    public int Waiting => Count - Running;

    /// <summary>Time of a step of one request within a batch, in ticks.</summary>
    public long StepTicks { get; private set; } = demand.StepTime.Ticks;

    /// <summary>Core time that the model has had, over its weight.</summary>
    public double VirtualTime { get; set; }

    /// <summary>Core time of all that waits or runs.</summary>
    public double Backlog => (double)_steps * StepTicks * demand.Cores;

    public Span<QueuedRequest> Requests => CollectionsMarshal.AsSpan(_requests);

    /// <summary>Where a request stands, or would stand as the complement of a place.</summary>
    public int Find(ComputeTicket ticket)
    {
        int low = 0, high = _requests.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1, order = Requests[middle].Ticket.CompareTo(ticket);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return ~low;
    }

    public void Insert(in QueuedRequest request)
    {
        _requests.Insert(~Find(request.Ticket), request);
        _steps += request.Steps;
    }

    public void RemoveAt(int place)
    {
        _steps -= Requests[place].Steps;
        _requests.RemoveAt(place);
    }

    /// <summary>A request took a step.</summary>
    public void Step(int place)
    {
        ref QueuedRequest request = ref Requests[place];
        request.Steps--;
        _steps--;
        (request.IsInStep, request.HasRun) = (false, true);
    }

    /// <summary>An eighth of the new, seven of the old: one slow batch does not close the door.</summary>
    public void Measure(long ticks, int requests) => StepTicks = Math.Max(1, StepTicks + (ticks / requests - StepTicks) / 8);
}
