namespace Prozchain.AI.Compute;

/// <summary>
/// Decides who runs when: slots of memory and cores, admission by deadline, batches that are put together anew at each step,
/// and fair shares between models. A pure state machine: time is what the caller says, so that a run can be replayed.
/// </summary>
/// <remarks>
/// <para>Between models: the one that has had the least core time over its weight goes next (start-time fair queueing); a model
/// that comes back after a pause has no credit. Within a model: the earliest deadline first. A model whose batches take more cores
/// than are free goes before others that would fit, so that it is not starved.</para>
/// <para>Beside other models the requests of one have at most four times the memory that is free, so that a flood of them leaves room.</para>
/// <para>A request is admitted when, at the model's fair share of the cores and at the speed measured, neither it nor a request behind
/// it ends after its deadline. Other models that begin later shrink that share; a request that has become hopeless is not run: it is
/// given back as late (<see cref="TryTakeLate"/>) once its turn comes. A model that stands idle, and whose speed was measured long ago, is
/// given a request now and then that its speed would refuse: so a machine that was slow once is not slow for ever.</para>
/// <para>Not for concurrent use; allocates nothing once its queues have grown.</para>
/// </remarks>
public sealed class ComputeScheduler
{
    // Dynamic threshold (Choudhury and Hahne 1998): what is left for others shrinks slower than what one flooded model takes.
    private const int MostOfFree = 4;

    private readonly List<ModelQueue?> _models = [];
    private readonly ComputeBatch[] _batches;
    private readonly Queue<ComputeTicket> _late = new();
    private readonly AdmissionForecast _forecast;
    private long _nextId;

    /// <summary>Makes a scheduler.</summary>
    /// <param name="capacity">What the machine gives.</param>
    /// <param name="marginPercent">How much later than worked out a request may end by the rules of admission, in percent; 0 to 1,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public ComputeScheduler(ComputeCapacity capacity, int marginPercent = 10)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity.Memory, nameof(capacity));
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity.Cores, 1, nameof(capacity));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity.Cores, 1024, nameof(capacity));
        ArgumentOutOfRangeException.ThrowIfNegative(marginPercent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(marginPercent, 1000);
        Capacity = capacity;
        FreeCores = capacity.Cores;
        FreeMemory = capacity.Memory;
        _batches = new ComputeBatch[capacity.Cores];
        for (int i = 0; i < _batches.Length; i++) _batches[i] = new ComputeBatch();
        _forecast = new AdmissionForecast(capacity.Cores, marginPercent, _models, _batches);
    }

    /// <summary>What the machine gives.</summary>
    public ComputeCapacity Capacity { get; }

    /// <summary>Cores that no batch has.</summary>
    public int FreeCores { get; private set; }

    /// <summary>Bytes that no model and no request has.</summary>
    public long FreeMemory { get; private set; }

    /// <summary>Requests that wait or run.</summary>
    public int Requests { get; private set; }

    /// <summary>Takes a model in.</summary>
    /// <param name="demand">What it asks.</param>
    /// <param name="model">Its number.</param>
    /// <returns>False when its memory is not there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The demand is not possible on this machine.</exception>
    public bool TryAddModel(ModelDemand demand, out int model)
    {
        ArgumentNullException.ThrowIfNull(demand);
        demand.Check(Capacity);
        model = -1;
        if (demand.Memory > FreeMemory) return false;
        FreeMemory -= demand.Memory;
        model = _models.IndexOf(null);
        if (model < 0)
        {
            model = _models.Count;
            _models.Add(null);
        }
        _models[model] = new ModelQueue(demand);
        return true;
    }

    /// <summary>Lets a model go.</summary>
    /// <param name="model">Its number.</param>
    /// <returns>False while it has requests: cancel them, or wait.</returns>
    /// <exception cref="ArgumentException">There is no such model.</exception>
    public bool TryRemoveModel(int model)
    {
        ModelQueue queue = Queue(model);
        if (queue.Count > 0) return false;
        FreeMemory += queue.Demand.Memory;
        _models[model] = null;
        return true;
    }

    /// <summary>Gives a request a slot, or says why not.</summary>
    /// <param name="model">The model's number.</param>
    /// <param name="steps">Most steps that it takes: 1, or the tokens that it may make.</param>
    /// <param name="deadline">By when it must end, on the caller's clock.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ArgumentException">There is no such model, or fewer than one step.</exception>
    public Admission Admit(int model, int steps, TimeSpan deadline, TimeSpan now)
    {
        ModelQueue queue = Queue(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (queue.Count >= queue.Demand.MaxRequests) return new Admission(AdmissionStatus.TooManyRequests, default, default, FreeMemory);
        Int128 memory = queue.Demand.MemoryOf(steps);
        if (memory > FreeMemory) return new Admission(AdmissionStatus.NoMemory, default, default, FreeMemory);
        if (HasOthers(queue) && queue.Memory + memory > MostOfFree * (Int128)FreeMemory) return new Admission(AdmissionStatus.MemoryShare, default, default, FreeMemory);
        var request = new QueuedRequest(new ComputeTicket(model, deadline, _nextId), steps, (long)memory);
        AdmissionStatus status = _forecast.Of(queue, ref request, now, out TimeSpan end);
        if (status != AdmissionStatus.Admitted) return new Admission(status, default, end, FreeMemory);

        long free = FreeMemory;
        if (queue.Count == 0) (queue.VirtualTime, queue.Joined) = (Math.Max(queue.VirtualTime, VirtualTimeNow()), _nextId);
        queue.Insert(request);
        FreeMemory -= request.Memory;
        Requests++;
        _nextId++;
        return new Admission(status, request.Ticket, end, free);
    }

    /// <summary>Starts the next batch, if cores are free and requests wait.</summary>
    /// <param name="now">The time.</param>
    /// <param name="batch">What is to take a step now.</param>
    public bool TryStart(TimeSpan now, out ComputeBatch? batch)
    {
        batch = null;
        while (Next() is ModelQueue queue && queue.Demand.Cores <= FreeCores)
        {
            ComputeBatch next = _batches[Array.FindIndex(_batches, static b => !b.IsRunning)];
            Fill(queue, next, now);
            if (next.Count == 0) continue;
            next.Model = _models.IndexOf(queue);
            next.Cores = queue.Demand.Cores;
            next.StartedAt = now;
            FreeCores -= next.Cores;
            queue.Running += next.Count;
            next.Foreseen = (double)next.Count * queue.StepTicks;
            queue.VirtualTime += next.Foreseen * next.Cores / queue.Demand.Weight;
            batch = next;
            return true;
        }
        return false;
    }

    /// <summary>Ends a step. Requests that took their last one give their slots back, the others wait for the next.</summary>
    /// <param name="batch">What <see cref="TryStart"/> gave.</param>
    /// <param name="ended">For each request of the batch, whether it needs no further step; set for those that ended in any way.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ArgumentException">The batch does not run, or the flags are not as many as its requests.</exception>
    public void Finish(ComputeBatch batch, Span<bool> ended, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (!batch.IsRunning || Array.IndexOf(_batches, batch) < 0) throw new ArgumentException("Expected a batch of this scheduler that runs.", nameof(batch));
        if (ended.Length != batch.Count) throw new ArgumentException($"Expected {batch.Count} flags, got {ended.Length}.", nameof(ended));
        ModelQueue queue = Queue(batch.Model);
        FreeCores += batch.Cores;
        queue.Running -= batch.Count;
        long took = Math.Max(0, (now - batch.StartedAt).Ticks);
        queue.VirtualTime += (took - batch.Foreseen) * batch.Cores / queue.Demand.Weight;
        queue.Measure(took, batch.Count, now, batch.IsProbe);
        for (int i = 0; i < batch.Count; i++)
        {
            int place = queue.Find(batch.Tickets[i]);
            queue.Step(place);
            ended[i] |= queue.Requests[place] is { IsCancelled: true } or { Steps: 0 };
            if (ended[i]) Release(queue, place);
        }
        batch.Clear();
    }

    /// <summary>Gives a request's slot back before its end.</summary>
    /// <param name="ticket">The request.</param>
    public CancelStatus Cancel(ComputeTicket ticket)
    {
        if ((uint)ticket.Model >= (uint)_models.Count || _models[ticket.Model] is not ModelQueue queue) return CancelStatus.Unknown;
        int place = queue.Find(ticket);
        if (place < 0) return CancelStatus.Unknown;
        if (queue.Requests[place].IsInStep)
        {
            queue.Requests[place].IsCancelled = true;
            return CancelStatus.EndsWithStep;
        }
        Release(queue, place);
        return CancelStatus.Released;
    }

    /// <summary>Takes a request that was not run, because it could no longer end in time; its slot is free already.</summary>
    /// <param name="ticket">The request.</param>
    public bool TryTakeLate(out ComputeTicket ticket) => _late.TryDequeue(out ticket);

    /// <summary>The time that a step of one request of a model takes, by what was measured.</summary>
    /// <param name="model">The model's number.</param>
    /// <exception cref="ArgumentException">There is no such model.</exception>
    public TimeSpan StepTimeOf(int model) => TimeSpan.FromTicks(Queue(model).StepTicks);

    private void Fill(ModelQueue queue, ComputeBatch batch, TimeSpan now)
    {
        // Cores that would stand idle are better used than large batches are.
        int batches = Math.Max(1, FreeCores / queue.Demand.Cores), most = Math.Min(queue.Demand.MaxBatch, (queue.Waiting + batches - 1) / batches);
        for (int place = 0; batch.Count < most && place < queue.Count;)
        {
            ref QueuedRequest request = ref queue.Requests[place];
            if (request.IsInStep)
            {
                place++;
            }
            else if (queue.IsHopeless(request, now))
            {
                _late.Enqueue(request.Ticket);
                Release(queue, place);
            }
            else
            {
                request.IsInStep = true;
                batch.IsProbe |= request is { IsProbe: true, HasRun: false };
                batch.Add(request.Ticket);
                place++;
            }
        }
    }

    private void Release(ModelQueue queue, int place)
    {
        FreeMemory += queue.Requests[place].Memory;
        queue.RemoveAt(place);
        Requests--;
    }

    private ModelQueue? Next()
    {
        ModelQueue? next = null;
        foreach (ModelQueue? queue in _models)
            if (queue is { Waiting: > 0 } && (next is null || IsBefore(queue, next))) next = queue;
        return next;

        // Who just came stands level with those that run already, and goes before them.
        static bool IsBefore(ModelQueue one, ModelQueue other) =>
            one.VirtualTime < other.VirtualTime || (one.VirtualTime == other.VirtualTime && one.Joined > other.Joined);
    }

    // Where the shares stand: at the model that has had least of those with work; on a machine that stood idle at the one that has had
    // most, so that nobody begins with credit from a time when nobody competed.
    private double VirtualTimeNow()
    {
        double least = double.MaxValue, most = 0;
        foreach (ModelQueue? queue in _models)
        {
            if (queue is null) continue;
            most = Math.Max(most, queue.VirtualTime);
            if (queue.Count > 0) least = Math.Min(least, queue.VirtualTime);
        }
        return least == double.MaxValue ? most : least;
    }

    private bool HasOthers(ModelQueue queue)
    {
        foreach (ModelQueue? other in _models)
            if (other is not null && other != queue) return true;
        return false;
    }

    private ModelQueue Queue(int model) => (uint)model < (uint)_models.Count && _models[model] is ModelQueue queue
        ? queue
        : throw new ArgumentException($"Expected a model of this scheduler, got number {model}.", nameof(model));
}
