using Milvus.Optimize.Actors.Outbox;
using Milvus.Optimize.Contracts.Messages;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>
/// The outbox of one node, by the rules of <see cref="TriggerOutbox"/>: it lives as long as the process, sends each attempt once under its permit, and
/// delivers the outcome again and again until some incarnation has stored it. The way of the message is what <see cref="SendBudgets"/> bounds.
/// </summary>
internal sealed class Outbox(Schedule schedule, VirtualNode node)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);
    private readonly Dictionary<(RunId Run, int Attempt), DeliverOutcome> _undelivered = [];
    private readonly HashSet<(RunId Run, int Attempt)> _sending = [];

    public void Send(RunId run, int round, int attempt, TriggerRequest request, SendBudgets budgets, ISendPermit permit)
    {
        if (!_sending.Add((run, attempt))) return;
        schedule.Endanger(node);
        var call = new Call(this, run, round, attempt, request, budgets);
        schedule.After(schedule.Pace.OneWay(), Act.TriggerProbes, $"attempt {attempt}", () =>
        {
            if (schedule.Faults.Strikes(Act.AnswerLost, "the probe")) call.Ends(new TriggerOutcome.NotSent("connection refused"));
            else schedule.After(schedule.Pace.OneWay(), Act.TriggerLeaves, $"attempt {attempt}", () => Leave(call, Mutant.Permit(permit)), node);
        }, node);
    }

    public void Stored(RunId run, int attempt) => _undelivered.Remove((run, attempt));

    public void Crash()
    {
        _undelivered.Clear();
        _sending.Clear();
    }

    private void Leave(Call call, ISendPermit permit)
    {
        if (!permit.TryUse())
        {
            call.Ends(new TriggerOutcome.NotSent("the time to send it was over, or its permit was used before"));
            return;
        }

        // From here on it can reach the server for as long as kernel and server may still act on it.
        var b = call.Budgets;
        schedule.After(b.CallTimeout, Act.Timer, "the trigger's deadline", () => call.Ends(Unanswered("deadline exceeded")), node);
        Travel(call, b.CallTimeout + b.TcpUserTimeout + b.ServerDeadline);
    }

    private void Travel(Call call, TimeSpan within)
    {
        var latest = schedule.Clock.Ticks + within.Ticks;
        schedule.After(schedule.Pace.Trigger(within), Act.TriggerArrives, $"attempt {call.Attempt}", () => Arrive(call), latest: latest);
    }

    private void Arrive(Call call)
    {
        if (schedule.Faults.Strikes(Act.TriggerLost, "")) return;
        var amongOthers = schedule.BeginsAmongOthers();
        schedule.Truths.Arrived(call.Run, call.Attempt, schedule.Clock.Now);
        TriggerOutcome outcome;
        try
        {
            var (id, plans) = schedule.Server.ForceMerge(call.Request);
            outcome = new TriggerOutcome.Acknowledged(id, plans);
        }
        catch (MilvusException e)
        {
            outcome = new TriggerOutcome.Refused(e.Failure);
        }

        if (amongOthers || !node.IsAlive(call.Life)) return;
        if (schedule.Faults.Strikes(Act.TriggerAnswerLost, ""))
        {
            if (schedule.Random.Next(2) == 0) return;
            outcome = Unanswered("connection reset by peer");
        }

        schedule.After(schedule.Pace.OneWay(), Act.TriggerAnswered, outcome.ToString(), () => call.Ends(outcome), node);
    }

    private static TriggerOutcome.Unknown Unanswered(string why) => new(new(MilvusFailureKind.Unknown, 0, "UNAVAILABLE", why));

    private void Deliver(DeliverOutcome outcome)
    {
        _undelivered[(outcome.Run, outcome.Attempt)] = outcome;
        Tell(outcome);
    }

    private void Tell(DeliverOutcome outcome)
    {
        node.Owner?.TakeOutcome(outcome);
        schedule.After(Again, Act.OutcomeDelivered, $"attempt {outcome.Attempt} again", () =>
        {
            if (_undelivered.ContainsKey((outcome.Run, outcome.Attempt))) Tell(outcome);
        }, node);
    }

    /// <summary>One call: the first thing that is known of it is its outcome.</summary>
    private sealed class Call(Outbox outbox, RunId run, int round, int attempt, TriggerRequest request, SendBudgets budgets)
    {
        private bool _isOver;

        public TriggerRequest Request => request;

        public SendBudgets Budgets => budgets;

        public RunId Run => run;

        public int Attempt => attempt;

        public int Life { get; } = outbox.Life;

        public void Ends(TriggerOutcome outcome)
        {
            if (_isOver) return;
            if (outbox.Mutant.SendsAgain(outcome))
            {
                outbox.Travel(this, budgets.CallTimeout);
                return;
            }

            _isOver = true;
            outbox._sending.Remove((run, attempt));
            outbox.Deliver(new(run, round, attempt, outcome));
        }
    }

    private int Life => node.Life;

    private Mutant Mutant => schedule.Mutant;
}
