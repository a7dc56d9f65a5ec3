package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/util/cert"
	"k8s.io/kubelet/pkg/cri/streaming/portforward"
)

const kubeletPort = "10250"

// kubelet answers what the API server asks of a node: a container's log, what pods use, and a way to
// a pod's port. It answers for all nodes alike.
type kubelet struct {
	client   kubernetes.Interface
	address  string   // where it listens
	backends sync.Map // a pod's port to the address that answers in its stead
	memory   sync.Map // the beginning of pods' names to the memory they use
	callers  sync.Map // the address of a caller to that of the node it means
}

func startKubelet(client kubernetes.Interface, socket string) (*kubelet, error) {
	certificate, key, err := cert.GenerateSelfSignedCertKey("127.0.0.1", nil, nil)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, err
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		return nil, err
	}
	k := &kubelet{client: client, address: listener.Addr().String()}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", k.serveLog)
	mux.HandleFunc("GET /stats/summary", k.serveSummary)
	mux.HandleFunc("/portForward/{namespace}/{pod}", k.servePort)
	go func() { fmt.Println(http.Serve(listener, mux)) }()
	return k, k.serveTunnel(socket)
}

// serveLog writes the two lines that any container here has logged.
func (k *kubelet) serveLog(w http.ResponseWriter, request *http.Request) {
	namespace, pod := request.PathValue("namespace"), request.PathValue("pod")
	found, err := k.client.CoreV1().Pods(namespace).Get(request.Context(), pod, meta.GetOptions{})
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	fmt.Fprintf(w, "level=info msg=\"starting\" container=%s\n", request.PathValue("container"))
	for _, status := range found.Status.ContainerStatuses {
		if !status.Ready && status.Name == request.PathValue("container") {
			fmt.Fprintf(w, "level=error msg=\"cannot go on\" pod=%s\n", pod)
		}
	}
}

func (k *kubelet) servePort(w http.ResponseWriter, request *http.Request) {
	options, err := portforward.NewV4Options(request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	portforward.ServePortForward(w, request, k, request.PathValue("pod"), "", options,
		time.Hour, time.Minute, portforward.SupportedProtocols)
}

// PortForward copies between a client and what answers for a pod's port until that is done.
func (k *kubelet) PortForward(_ context.Context, pod string, _ types.UID, port int32, stream io.ReadWriteCloser) error {
	defer stream.Close()
	backend, err := net.Dial("tcp", k.behind(podAddress(0), strconv.Itoa(int(port))))
	if err != nil {
		return fmt.Errorf("nothing listens on port %d of pod %s", port, pod)
	}
	defer backend.Close()
	join(stream, backend)
	return nil
}

// serveSummary says what the containers of one node use: little, unless a test said how much.
func (k *kubelet) serveSummary(w http.ResponseWriter, request *http.Request) {
	address, _ := k.callers.Load(request.RemoteAddr)
	pods, err := k.client.CoreV1().Pods("").List(request.Context(), meta.ListOptions{})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	type object = map[string]any
	list := []object{}
	for _, pod := range pods.Items {
		if pod.Status.Phase != core.PodRunning || pod.Status.HostIP != address {
			continue
		}
		memory := resource.MustParse("16Mi")
		k.memory.Range(func(prefix, amount any) bool {
			if strings.HasPrefix(pod.Name, prefix.(string)) {
				memory = amount.(resource.Quantity)
			}
			return true
		})
		containers, volumes := []object{}, []object{}
		for _, container := range pod.Spec.Containers {
			containers = append(containers, object{"name": container.Name,
				"cpu": object{"usageNanoCores": 1000000}, "memory": object{"workingSetBytes": memory.Value()}})
		}
		for _, volume := range pod.Spec.Volumes {
			if volume.PersistentVolumeClaim != nil {
				volumes = append(volumes, object{"name": volume.Name, "usedBytes": 1 << 20, "inodesUsed": 100,
					"pvcRef": object{"name": volume.PersistentVolumeClaim.ClaimName, "namespace": pod.Namespace}})
			}
		}
		list = append(list, object{"podRef": object{"name": pod.Name, "namespace": pod.Namespace},
			"containers": containers, "volume": volumes})
	}
	_ = json.NewEncoder(w).Encode(object{"pods": list})
}
