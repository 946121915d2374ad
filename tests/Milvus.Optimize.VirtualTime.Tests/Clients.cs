using System.Globalization;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Judge;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using R = Milvus.Optimize.Core.Runs.OptimizeRun;

namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>
/// Who asks: one run, sometimes a second after it, sometimes a cancel or an abandon; a request without an answer is asked again with its key, of either node. What each
/// node lets its clients see is written down.
/// </summary>
internal sealed class Clients(Schedule schedule)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly List<ClientLine> _seen = [];
    private readonly int _runs = schedule.Random.Next(2) == 0 ? 2 : 1;
    private readonly OptimizeParameters _parameters = new(
        schedule.Random.Next(12) switch { 0 => new(64), 1 or 2 => new(4096), _ => TargetSize.Automatic }, Flush: schedule.Random.Next(3) == 0, Force: schedule.Random.Next(5) == 0);
    private int _asked;
    private int _retries = schedule.Random.Next(3);
    private bool _waits;
    private RunId? _told;

    public IReadOnlyList<ClientLine> Seen => _seen;

    /// <summary>Every run that was asked for was accepted, and has ended or waits for a person who will not come.</summary>
    public bool AreDone { get; private set; }

    public void Begin()
    {
        schedule.Nodes[0].Wake();
        AskForRun();
        if (schedule.Random.Next(4) == 0) schedule.After(TimeSpan.FromSeconds(schedule.Random.Next(90)), Act.ClientActs, "cancel or abandon", Cancel);
        schedule.After(Patience, Act.ClientActs, "look", Look);
    }

    /// <summary>A stored change, as a client of that node is shown it.</summary>
    public void See(VirtualNode node, CollectionState state)
    {
        var line = state.Run switch
        {
            R.Active a => new ClientLine(node.Name, a.Facts.Run.ToString(), state.Revision, a.GetType().Name, false),
            R.Ended e => new(node.Name, e.Facts.Run.ToString(), state.Revision, e.End.Outcome.ToString(), true),
            _ => null,
        };
        if (line is not null && line != _seen.LastOrDefault()) _seen.Add(line);
    }

    private void AskForRun()
    {
        _asked++;
        _waits = true;
        _told = null;
        Ask();
    }

    private void Ask()
    {
        if (!_waits) return;
        var key = string.Create(CultureInfo.InvariantCulture, $"request {_asked}");
        var request = _asked;
        var number = schedule.Random.Next(1_000_000);
        var deadline = schedule.Random.Next(8) == 0 ? TimeSpan.FromMinutes(3) : TimeSpan.FromHours(4);
        Somebody()?.Wake()?.Ask(
            now => new C.Start(now, new(schedule.Key, string.Create(CultureInfo.InvariantCulture, $"01{number:D24}")), key, new("default", schedule.Server.Collection, schedule.Key.CollectionId), schedule.Server.Collection, _parameters, now + deadline),
            decision => Told(request, decision));
        schedule.After(Patience, Act.ClientActs, $"{key} again", Ask);
    }

    /// <summary>An answer to an earlier request may come when nobody waits for it any more.</summary>
    private void Told(int request, Decision decision)
    {
        if (request != _asked || !_waits) return;
        _waits = false;
        _told = decision.Run;
    }

    private void Cancel()
    {
        if (_told is not { } run) return;
        var abandons = schedule.Random.Next(2) == 0;
        Somebody()?.Owner?.Ask(now => abandons ? new C.Abandon(now, run, "a client wants it", FreeLane: false) : new C.Cancel(now, run, "a client wants it"), _ => { });
    }

    /// <summary>Now and then somebody reads the journal's table, and helps what waits for a person.</summary>
    private void Look()
    {
        if (!schedule.Faults.AreOver)
        {
            schedule.After(Patience, Act.ClientActs, "look", Look);
            return;
        }

        var rows = schedule.Journal.InOrder().ToList();
        var last = rows.FindLast(r => r.Event.Stamp.Run == _told && r.Event is OptimizeEvent.Ended or OptimizeEvent.OperatorNeeded or OptimizeEvent.RetryRequested)?.Event;
        if (_told is null || schedule.IsWriting || last is null or OptimizeEvent.RetryRequested)
        {
            // Whoever looks at a run wakes it: without a word of its owner it may sleep on no node at all.
            if (schedule.Nodes.All(n => n.Owner is null)) Somebody()?.Wake();
            schedule.After(Patience, Act.ClientActs, "look", Look);
            return;
        }

        if (last is OptimizeEvent.OperatorNeeded && _retries-- > 0)
        {
            var run = _told;
            Somebody()?.Wake()?.Ask(now => new C.Retry(now, run, "the server is well"), _ => { });
        }
        else if (last is OptimizeEvent.Ended && _asked < _runs)
        {
            AskForRun();
        }
        else
        {
            AreDone = true;
            return;
        }

        schedule.After(Patience, Act.ClientActs, "look", Look);
    }

    private VirtualNode? Somebody()
    {
        var up = schedule.Nodes.Where(n => n.Runs && (n.Owner is not null || schedule.Nodes.All(o => o.Owner is null))).ToList();
        return up.Count == 0 ? null : up[schedule.Random.Next(up.Count)];
    }
}
