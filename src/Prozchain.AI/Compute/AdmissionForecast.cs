namespace Prozchain.AI.Compute;

/// <summary>When a request would end by what is known now, and whether those behind it still end in time. Looks at the scheduler's own queues.</summary>
internal sealed class AdmissionForecast(int cores, int marginPercent, List<ModelQueue?> models, ComputeBatch[] batches)
{
    // A request's own steps follow each other, each in a batch of others. Before its turn, all cores work on requests of earlier
    // deadlines, or on steps that were begun before: a batch is the front of the queue (Graham's bound for a list of jobs).
    public AdmissionStatus Of(ModelQueue queue, ref QueuedRequest request, TimeSpan now, out TimeSpan end)
    {
        double step = queue.StepTicks * (1 + marginPercent / 100.0), weights = queue.Count == 0 ? queue.Demand.Weight : 0, others = 0;
        foreach (ModelQueue? model in models)
        {
            if (model is not { Count: > 0 }) continue;
            weights += model.Demand.Weight;
            if (model != queue) others += model.Backlog;
        }
        double done = 0;
        foreach (ComputeBatch running in batches)
            if (running.IsRunning && models[running.Model] == queue) done += Math.Min((now - running.StartedAt).Ticks / step, running.Count);
        double blocked = queue.Running > 0 ? 0 : UntilFree(queue.Demand.Cores, now) * (1 + marginPercent / 100.0);
        int place = ~queue.Find(request.Ticket), begun = queue.Running;
        long ahead = 0;
        for (int i = 0; i < place; i++) Pass(queue.Requests[i]);
        end = End(ahead, request.Steps, queue.Count + 1);
        if (end > request.Ticket.Deadline)
        {
            request.IsProbe = queue.MayProbe(now) && now < request.Ticket.Deadline;
            return request.IsProbe ? AdmissionStatus.Admitted : AdmissionStatus.DeadlineCannotHold;
        }

        (ahead, begun) = (0, queue.Running);
        for (int i = 0; i < queue.Count; i++)
        {
            ref readonly QueuedRequest other = ref queue.Requests[i];
            Pass(other);
            long before = ahead - other.Steps;
            TimeSpan its = End(before + (i < place ? 0 : request.Steps), other.Steps, queue.Count + 1);
            if (its <= other.Ticket.Deadline || its == End(before, other.Steps, queue.Count) || queue.IsHopeless(other, now)) continue;
            end = its;
            return AdmissionStatus.WouldDelayOthers;
        }
        return AdmissionStatus.Admitted;

        void Pass(in QueuedRequest passed)
        {
            if (passed.IsInStep) begun--;
            ahead += passed.Steps;
        }

        TimeSpan End(long before, int steps, int requests)
        {
            double needs = ((before + begun - done) * queue.Demand.Cores / (double)cores + (double)steps * Math.Min(queue.Demand.MaxBatch, requests)) * step;
            double shared = Math.Min(blocked + needs * weights / queue.Demand.Weight, needs + others / cores);
            return now + TimeSpan.FromTicks((long)Math.Min(shared, ModelQueue.LongestTicks));
        }
    }

    // A step that runs is not interrupted, whoever's turn it is: ticks until those under way have left so many cores.
    private double UntilFree(int needed, TimeSpan now)
    {
        int busy = 0;
        foreach (ComputeBatch batch in batches)
            if (batch.IsRunning) busy += batch.Cores;
        double until = 0;
        for (int free = cores - busy; free < needed;)
        {
            // The next to end behind those that were counted; batches that end together free their cores together.
            double next = double.MaxValue;
            int freed = 0;
            foreach (ComputeBatch batch in batches)
            {
                if (!batch.IsRunning) continue;
                double left = Math.Max(1, (double)batch.Count * models[batch.Model]!.StepTicks - (now - batch.StartedAt).Ticks);
                if (left <= until || left > next) continue;
                freed = (left == next ? freed : 0) + batch.Cores;
                next = left;
            }
            (until, free) = (next, free + freed);
        }
        return until;
    }
}
